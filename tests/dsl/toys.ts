/** @file Small artifact types and stages in the shape of the library's own, for the tests of the DSL. */
import { z } from "zod";
import { artifact, column, many, named, pipeline, stage } from "../../dsl/mod.ts";

export const Data = artifact("Data", "One row an example", { x: column.float32("feature"), y: column.int32() });
export const Masks = artifact("Masks", "One row an example", { member: column.bool() });
export const Predictions = artifact("Predictions", "One row an example", { logits: column.float32("class") });
export const Metrics = artifact("Metrics", "One row a number", { value: column.float64() });

export const optimizer = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("sgd"), lr: z.number().positive().describe("Learning rate") }),
  z.object({ kind: z.literal("sam"), lr: z.number().positive(), rho: z.number().describe("Radius of the ascent") }),
]);

export const mnist = stage({
  name: "mnist",
  doc: "Handwritten digits",
  inputs: {},
  params: z.object({ train: z.int().min(1).default(100).describe("How many training examples") }),
  output: Data,
  run: (_inputs, { train }) => ({
    x: { data: new Float32Array(train), shape: [train, 1] },
    y: new Int32Array(train),
  }),
});

export const subsample = stage({
  name: "subsample",
  doc: "Which examples each model is trained on",
  inputs: { data: Data },
  params: z.object({ members: z.int().min(2), seed: z.int().default(0) }),
  output: many(Masks),
  *run({ data }, { members }) {
    for (let i = 0; i < members; i++) yield { member: new Uint8Array(data.y.length) };
  },
});

export const train = stage({
  name: "train",
  doc: "Trains a model and predicts with it",
  inputs: { data: Data, masks: Masks },
  params: z.object({ optimizer, epochs: z.int().default(1) }),
  output: Predictions,
  over: "masks",
  run: ({ masks }) => ({ logits: { data: new Float32Array(masks.member.length), shape: [masks.member.length, 1] } }),
});

export const accuracy = stage({
  name: "accuracy",
  doc: "Mean accuracy of a zoo",
  inputs: { logits: many(Predictions), data: Data },
  params: z.object({}),
  output: Metrics,
  run: ({ logits }) => ({ value: Float64Array.of(logits.length) }),
});

export const table = stage({
  name: "table",
  doc: "Joins rows",
  inputs: { rows: named(Metrics) },
  params: z.object({ caption: z.string().default("") }),
  output: Metrics,
  run: ({ rows }) => ({ value: Float64Array.from(Object.values(rows), (row) => row.value[0] ?? NaN) }),
});

/** What a module namespace of the library looks like. */
export const namespace = { load: { mnist }, subsample, train, stats: { accuracy }, report: { table }, Data, optimizer };

/** A pipeline for ablations. */
export const toy = pipeline("toy", {
  params: z.object({ members: z.int().min(2), optimizers: z.record(z.string(), optimizer) }),
  presets: {
    default: { members: 2, optimizers: { sgd: { kind: "sgd", lr: 0.1 } } },
    big: { members: 64, optimizers: { sgd: { kind: "sgd", lr: 0.1 } } },
  },
  graph: ({ members, optimizers }) => {
    const data = mnist();
    const masks = subsample({ data }, { members });
    const rows = Object.entries(optimizers).map(([name, optimizer]) =>
      [name, accuracy({ logits: train({ data, masks }, { optimizer }), data })] as const
    );
    return { table: table({ rows: Object.fromEntries(rows) }) };
  },
});
