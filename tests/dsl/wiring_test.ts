/** @file What is said when nodes are wired wrongly: in plain JavaScript and YAML, where no compiler looks. */
import assert from "node:assert/strict";
import { artifact, column, makeNode, many, type Node, stage, type Wire, WiringError } from "../../dsl/mod.ts";
import { z } from "zod";
import { accuracy, Data, Metrics, mnist, Predictions, subsample, table, train } from "./toys.ts";

const data = mnist();
const masks = subsample({ data }, { members: 2 });
const logits = train({ data, masks }, { optimizer: { kind: "sgd", lr: 1 } });
const metrics = accuracy({ logits, data });
/** One model of a zoo: the type of the zoo's items, but a single one. */
const first = stage({
  name: "first",
  doc: "",
  inputs: { zoo: many(Predictions) },
  params: z.object({}),
  output: Predictions,
  run: ({ zoo }) => zoo.at(0),
});
const one = first({ zoo: logits });
const measure = stage({
  name: "measure",
  doc: "",
  inputs: { model: Predictions },
  params: z.object({}),
  output: Metrics,
  over: "model",
  run: () => ({ value: Float64Array.of(1) }),
});
const zooOfMetrics = measure({ model: logits });
const optimizer = { kind: "sgd", lr: 1 };

function wire(stage: typeof train | typeof accuracy | typeof table, inputs: unknown, params: unknown = {}): Node {
  return makeNode(stage.definition, inputs as Record<string, Wire>, params);
}

const REFUSED: Record<string, [() => unknown, string]> = {
  "a missing input": [
    () => wire(accuracy, { logits }),
    'Missing input "data" of stage "accuracy": it takes one Data',
  ],
  "a missing input that is mapped over": [
    () => wire(train, { data }, { optimizer }),
    'Missing input "masks" of stage "train": it takes a collection of Masks, to map over',
  ],
  "an unknown input": [
    () => wire(accuracy, { logits, data, maks: masks }),
    'Unknown input "maks" of stage "accuracy": Known: "data", "logits"',
  ],
  "a mistyped input": [
    () => wire(accuracy, { logits, data, logit: logits }),
    'Unknown input "logit" of stage "accuracy": did you mean "logits"? Known: "data", "logits"',
  ],
  "an input named like a method of objects": [
    () => wire(accuracy, { logits, data, toString: data }),
    'Unknown input "toString" of stage "accuracy": Known: "data", "logits"',
  ],
  "an artifact of another type": [
    () => wire(train, { data, masks: logits }, { optimizer }),
    'Cannot wire a collection of Predictions (from "train") into input "masks" of stage "train": ' +
    "it takes a collection of Masks, to map over",
  ],
  "one artifact where a collection is wanted": [
    () => wire(accuracy, { logits: one, data }),
    'Cannot wire one Predictions (from "first") into input "logits" of stage "accuracy": ' +
    "it takes a collection of Predictions",
  ],
  "a collection where one is wanted": [
    () => wire(accuracy, { logits, data: masks }),
    'Cannot wire a collection of Masks (from "subsample") into input "data" of stage "accuracy": it takes one Data',
  ],
  "a collection among nodes by name": [
    () => wire(table, { rows: { a: zooOfMetrics } }),
    'Cannot wire a collection of Metrics (from "measure") into input "rows.a" of stage "table": ' +
    "it takes single Metrics by name",
  ],
  "a node under its own name": [
    () => wire(accuracy, { logits, data: masks.as("halves") }),
    'Cannot wire a collection of Masks (from "halves", a "subsample") into input "data" of stage "accuracy": ' +
    "it takes one Data",
  ],
  "one node where nodes by name are wanted": [
    () => wire(table, { rows: metrics }),
    'Cannot wire one Metrics (from "accuracy") into input "rows" of stage "table": it takes single Metrics by name',
  ],
  "a wrong node among nodes by name": [
    () => wire(table, { rows: { a: metrics, b: data } }),
    'Cannot wire one Data (from "mnist") into input "rows.b" of stage "table": it takes single Metrics by name',
  ],
  "nodes by name where one is wanted": [
    () => wire(accuracy, { logits, data: { a: data } }),
    'Cannot wire nodes by name into input "data" of stage "accuracy": it takes one Data',
  ],
  "a list where nodes by name are wanted": [
    () => wire(table, { rows: [metrics] }),
    'Cannot wire a value of type "object" into input "rows" of stage "table": it takes single Metrics by name',
  ],
  "null": [
    () => wire(table, { rows: null }),
    'Cannot wire null into input "rows" of stage "table": it takes single Metrics by name',
  ],
  "a string": [
    () => wire(accuracy, { logits, data: "data" }),
    'Cannot wire a value of type "string" into input "data" of stage "accuracy": it takes one Data',
  ],
  "every input at once": [
    () => wire(accuracy, { data: masks }),
    'Missing input "logits" of stage "accuracy": it takes a collection of Predictions\n' +
    'Cannot wire a collection of Masks (from "subsample") into input "data" of stage "accuracy": it takes one Data',
  ],
};

for (const [what, [build, message]] of Object.entries(REFUSED)) {
  Deno.test(`makeNode() explains ${what}`, () => {
    assert.throws(build, (error) => {
      assert.ok(error instanceof WiringError && error instanceof TypeError);
      assert.equal(error.message, message);
      return true;
    });
  });
}

Deno.test("makeNode() tells types of one name apart by their columns, and takes a copy of a type for the type", () => {
  function lengthOf(type: typeof Data) {
    return stage({
      name: "length",
      doc: "",
      inputs: { type },
      params: z.object({}),
      output: Data,
      run: ({ type }) => type,
    });
  }
  const copy = artifact("Data", "Declared by a module that was imported twice", { ...Data.columns });
  assert.equal(makeNode(lengthOf(copy).definition, { type: data }, {}).type, Data);
  const other = artifact("Data", "Another", { x: column.float64("feature"), y: column.int32() });
  assert.throws(() => makeNode(lengthOf(other as never).definition, { type: data }, {}), WiringError);
});

Deno.test("makeNode() gives a node the arity of its stage: many where it yields or maps, else one", () => {
  assert.deepEqual([data, masks, logits, metrics].map(({ arity }) => arity), ["one", "many", "many", "one"]);
});
