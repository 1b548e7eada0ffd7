/** @file release: private classifiers on embeddings, with the ledger entries of all that was looked at. */
import { z } from "zod";
import { stage, type Value } from "../../../dsl/mod.ts";
import { stream } from "../../../engine/random.ts";
import { Embeddings, Heads } from "../../artifacts/mod.ts";
import { type AnyEntry, entryOf } from "../ledger/entry.ts";
import { seededNoise } from "../noise/seeded.ts";
import { RELATIONS } from "../relation.ts";
import { budgetSpec } from "./budget.ts";
import { type Head, headOf } from "./head.ts";
import { methodSpec, releasing } from "./methods.ts";
import { byClass, rowsOf, type SplitRows } from "./private_rows.ts";

/**
 * Releases classifiers of the train split of prepared embeddings: one branch an encoder, `draws` heads each. Every draw is a
 * release of its own, and all of them compose: `draws` are for intervals. Noise is seeded by `seed`, the branch, method,
 * budget and draw: for experiments. The number of classes and the public embeddings are public.
 *
 * @throws RangeError for an empty class under replace-one, TypeError for a pure budget where noise is normal: before
 * anything is released
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Embeddings } from "engram/stages/artifacts/mod.ts";
 * import * as privacy from "engram/stages/privacy/mod.ts";
 * function graph(embeddings: Node<typeof Embeddings, "many">) {
 *   return privacy.release({ embeddings }, { method: { kind: "mean" }, budget: { rho: 0.1 }, data: "mnist", classes: 10 });
 * }
 * ```
 */
export const release = stage({
  name: "release",
  doc: "Releases private classifiers of embeddings",
  inputs: { embeddings: Embeddings },
  params: z.object({
    method: methodSpec,
    budget: budgetSpec,
    relation: z.enum(RELATIONS as ["add-remove", "replace-one"]).default("add-remove").describe("who are neighbours"),
    classes: z.int().min(2).describe("how many classes there are"),
    candidates: z.int().min(1).optional().describe("public examples to use, at random; all if left out"),
    draws: z.int().min(1).default(1).describe("how many releases"),
    data: z.string().min(1).describe("name of the people, for the ledger"),
    seed: z.int().nonnegative().default(0),
  }),
  output: Heads,
  over: "embeddings",
  async run({ embeddings }, { method, budget, relation, classes, draws, data, seed, ...params }, context) {
    const shown = someOf(rowsOf(embeddings, "public"), params.candidates, seed);
    const own = byClass(rowsOf(embeddings, "train"), classes);
    const task = { own, candidates: { all: shown.rows, classes: byClass(shown, classes) } };
    const next = releasing(task, method, { relation, budget });
    const heads: { head: Head; entries: AnyEntry[] }[] = [];
    // All that the release depends on: others must not have the same noise.
    const what = JSON.stringify([method, budget, relation, classes, params.candidates ?? "all", data]);
    for (let draw = 0; draw < draws; draw++) {
      context.signal.throwIfAborted();
      const noise = seededNoise(seed, context.branch, what, draw);
      const { head, releases } = next(noise);
      heads.push({ head, entries: releases.map(({ part, release }) => entryOf(release, { data, part }) as AnyEntry) });
      context.progress({ done: draw + 1, total: draws, unit: "releases" });
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    return writeHeads(heads);
  },
});

/**
 * The class means without noise, classified by cosine: what prototypes lose to privacy. Its ledger is empty.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Embeddings } from "engram/stages/artifacts/mod.ts";
 * import * as privacy from "engram/stages/privacy/mod.ts";
 * function graph(embeddings: Node<typeof Embeddings, "many">) {
 *   return privacy.classMeans({ embeddings }, { classes: 10 });
 * }
 * ```
 */
export const classMeans = stage({
  name: "class-means",
  doc: "Means of the classes' embeddings, without privacy",
  inputs: { embeddings: Embeddings },
  params: z.object({ classes: z.int().min(2).describe("how many classes there are") }),
  output: Heads,
  over: "embeddings",
  run({ embeddings }, { classes }) {
    const means = byClass(rowsOf(embeddings, "train"), classes).map(({ data, shape: [n, d] }) => {
      const mean = new Float64Array(d);
      data.forEach((x, i) => mean[i % d]! += x / n);
      return mean;
    });
    return writeHeads([{ head: headOf("cosine", means), entries: [] }]);
  },
});

/** Some of the rows at random, in their order. */
function someOf({ rows: { data, shape: [n, d] }, y }: SplitRows, count: number | undefined, seed: number): SplitRows {
  if (count === undefined || count >= n) return { rows: { data, shape: [n, d] }, y };
  const places = stream(seed, "release", "candidates").permutation(n).slice(0, count).sort();
  const some = new Float32Array(count * d);
  places.forEach((row, i) => some.set(data.subarray(row * d, row * d + d), i * d));
  return { rows: { data: some, shape: [count, d] }, y: Int32Array.from(places, (row) => y[row]!) };
}

/** Heads as an artifact. */
export function writeHeads(
  heads: readonly { readonly head: Head; readonly entries: readonly AnyEntry[] }[],
): Value<typeof Heads> {
  const rows = heads.flatMap(({ head, entries }, draw) =>
    Array.from(head.labels, (label, row) => ({ draw, label, head, row, entries }))
  );
  const width = heads[0]?.head.vectors.shape[1] ?? 0;
  const data = new Float64Array(rows.length * width);
  rows.forEach(({ head: { vectors }, row }, at) => {
    data.set(vectors.data.subarray(row * width, row * width + width), at * width);
  });
  return {
    draw: Uint32Array.from(rows, ({ draw }) => draw),
    label: Int32Array.from(rows, ({ label }) => label),
    rule: rows.map(({ head }) => head.rule),
    vector: { data, shape: [rows.length, width] },
    bias: Float64Array.from(rows, ({ head, row }) => head.bias[row]!),
    ledger: rows.map(({ row, entries }) => row === 0 && entries.length > 0 ? JSON.stringify({ entries }) : ""),
  };
}
