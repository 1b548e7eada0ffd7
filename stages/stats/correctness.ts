/** @file Correctness bits: for which examples a model's most likely class is the right one. */
import type { ZooModel } from "./zoo.ts";

/**
 * Whether the largest logit is that of `label`; of equal largest logits the first counts, as with numpy's `argmax`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { isCorrect } from "engram/stages/stats/correctness.ts";
 * assert(isCorrect([0.1, 2, -1], 1) && !isCorrect([2, 2, -1], 1));
 * ```
 */
export function isCorrect(logits: ArrayLike<number>, label: number): boolean {
  const own = logits[label] ?? NaN;
  for (let k = 0; k < logits.length; k++) {
    const other = logits[k]!;
    if (other > own || (other === own && k < label)) return false;
  }
  return !Number.isNaN(own);
}

/** One bit an example: whether the model gets its first view, the example itself, right. */
export function correctness(model: ZooModel, labels: Int32Array): Uint8Array {
  const { logits, views, classes } = model;
  const bits = new Uint8Array(labels.length);
  for (let row = 0; row < labels.length; row++) {
    const start = row * views * classes;
    bits[row] = Number(isCorrect(logits.subarray(start, start + classes), labels[row]!));
  }
  return bits;
}
