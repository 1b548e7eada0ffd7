/** @file Classification by a head: the nearest prototype, or the largest linear score. */
import type { Rows } from "../clip.ts";
import type { Head } from "./head.ts";
import { unitRows } from "./public_scores.ts";

/**
 * The class of each row: that of the vector of largest cosine, or of largest product plus bias. A tie goes to the first.
 *
 * @throws RangeError for rows of another width than the head's
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { classify, headOf } from "engram/stages/privacy/mod.ts";
 * const head = headOf("cosine", [Float64Array.of(5, 0), Float64Array.of(0, 1)]);
 * const rows = { data: Float64Array.of(1, 2, 2, 1), shape: [2, 2] as const };
 * assert.deepEqual([...classify(head, rows)], [1, 0]);
 * ```
 */
export function classify({ rule, vectors, labels, bias }: Head, { data, shape: [n, d] }: Rows): Int32Array {
  const [m, width] = vectors.shape;
  if (width !== d) throw new RangeError(`Cannot classify rows of ${d} features by vectors of ${width}`);
  const by = rule === "cosine" ? unitRows(vectors) : vectors.data;
  return Int32Array.from({ length: n }, (_, row) => {
    let [best, most] = [0, -Infinity];
    for (let j = 0; j < m; j++) {
      let score = rule === "cosine" ? 0 : bias[j]!;
      for (let k = 0; k < d; k++) score += data[row * d + k]! * by[j * d + k]!;
      if (score > most) [best, most] = [labels[j]!, score];
    }
    return best;
  });
}
