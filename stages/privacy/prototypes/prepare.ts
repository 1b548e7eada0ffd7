/** @file prepare: puts private and public embeddings of one encoder together, and scales both by what is public. */
import { z } from "zod";
import { many, stage, type Value } from "../../../dsl/mod.ts";
import { Embeddings } from "../../artifacts/mod.ts";
import { rowsOf } from "./private_rows.ts";

/**
 * Item i has the private embeddings of encoder i, train and test, and its public ones with split `public` (the train split
 * of the public data). With `centre`, the mean of the public ones is taken away from all; with `unit`, all are scaled to
 * length 1. Both are functions of one example and of public data: no private example has an influence on another's.
 *
 * @throws RangeError when encoders do not correspond, and for private and public examples of one id
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Embeddings } from "engram/stages/artifacts/mod.ts";
 * import * as privacy from "engram/stages/privacy/mod.ts";
 * function graph(own: Node<typeof Embeddings, "many">, candidates: Node<typeof Embeddings, "many">) {
 *   return privacy.prepare({ own, candidates });
 * }
 * ```
 */
export const prepare = stage({
  name: "prepare-embeddings",
  doc: "Puts private and public embeddings together, centred by the public ones and of length 1",
  inputs: { own: many(Embeddings), candidates: many(Embeddings) },
  params: z.object({
    centre: z.boolean().default(true).describe("take the mean of the public embeddings away"),
    unit: z.boolean().default(true).describe("scale every embedding to length 1"),
  }),
  output: many(Embeddings),
  async *run({ own, candidates }, { centre, unit }) {
    if (own.length !== candidates.length) {
      throw new RangeError(
        `Cannot put embeddings of ${own.length} encoders beside public ones of ${candidates.length}: embed both with the ` +
          `same models`,
      );
    }
    for (let index = 0; index < own.length; index++) {
      const [ours, theirs] = await Promise.all([own.at(index), candidates.at(index)]);
      yield together(ours, theirs, { centre, unit });
    }
  },
});

function together(
  ours: Value<typeof Embeddings>,
  theirs: Value<typeof Embeddings>,
  { centre, unit }: { readonly centre: boolean; readonly unit: boolean },
): Value<typeof Embeddings> {
  const [, d] = ours.embedding.shape as [number, number];
  if (theirs.embedding.shape[1] !== d) {
    throw new RangeError(`Private embeddings have ${d} features, and public ones ${theirs.embedding.shape[1]}`);
  }
  const shown = theirs.split.flatMap((split, row) => split === "train" ? [row] : []);
  if (shown.length === 0) throw new RangeError("The public embeddings have no train split: there is nothing public");
  const known = new Set(Array.from(ours.split, (split, row) => split === "train" ? ours.id[row]! : -1));
  const both = shown.find((row) => known.has(theirs.id[row]!));
  if (both !== undefined) {
    throw new RangeError(`Example ${theirs.id[both]} is private and public: split the data into disjoint parts`);
  }
  const mean = new Float64Array(d);
  const { rows } = rowsOf(theirs, "train");
  if (centre) rows.data.forEach((x, i) => mean[i % d]! += x / shown.length);
  const n = ours.id.length;
  const data = new Float32Array((n + shown.length) * d);
  data.set(ours.embedding.data);
  data.set(rows.data, n * d);
  scale(data, mean, unit);
  return {
    id: Uint32Array.of(...ours.id, ...shown.map((row) => theirs.id[row]!)),
    y: Int32Array.of(...ours.y, ...shown.map((row) => theirs.y[row]!)),
    split: [...ours.split, ...shown.map(() => "public")],
    group: [...ours.group, ...shown.map((row) => theirs.group[row]!)],
    embedding: { data, shape: [n + shown.length, d] },
  };
}

/** Centres rows, and makes them of length 1; a row of zeros stays. */
function scale(data: Float32Array, mean: Float64Array, unit: boolean): void {
  const d = mean.length;
  for (let from = 0; from < data.length; from += d) {
    let square = 0;
    for (let k = 0; k < d; k++) square += (data[from + k]! - mean[k]!) ** 2;
    const by = unit && square > 0 ? 1 / Math.sqrt(square) : 1;
    for (let k = 0; k < d; k++) data[from + k] = (data[from + k]! - mean[k]!) * by;
  }
}
