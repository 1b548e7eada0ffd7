/** @file Private rows of all classes as one list of examples, with a constant feature for the bias. */
import { checkFinite } from "../check.ts";
import type { Rows } from "../clip.ts";
import { lengthOf } from "../clip.ts";

/** Examples of all classes. */
export interface Examples {
  readonly count: number;
  /** `[count, d + 1]`: embeddings no longer than 1 and a 1, divided by sqrt(2), so that no row is longer than 1. */
  readonly x: Float64Array;
  readonly width: number;
  readonly y: Int32Array;
}

/** Puts classes together. Embeddings longer than 1 are scaled down. */
export function examplesOf(classes: readonly Rows[]): Examples {
  const d = classes[0]!.shape[1];
  const width = d + 1;
  const count = classes.reduce((sum, { shape: [n] }) => sum + n, 0);
  const [x, y] = [new Float64Array(count * width), new Int32Array(count)];
  let row = 0;
  classes.forEach(({ data, shape: [n] }, label) => {
    checkFinite(`class ${label}`, data);
    for (let i = 0; i < n; i++, row++) {
      const own = data.subarray(i * d, i * d + d);
      const factor = Math.SQRT1_2 / Math.max(1, lengthOf(own, "l2"));
      for (let k = 0; k < d; k++) x[row * width + k] = own[k]! * factor;
      x[row * width + d] = Math.SQRT1_2;
      y[row] = label;
    }
  });
  return { count, x, width, y };
}

/** A linear head of weights `[d + 1, classes]` on such examples, as vectors and biases on embeddings themselves. */
export function unfolded(weights: Float64Array, width: number, classes: number) {
  const at = (k: number, c: number) => weights[k * classes + c]! * Math.SQRT1_2;
  return {
    vectors: Array.from({ length: classes }, (_, c) => Float64Array.from({ length: width - 1 }, (_, k) => at(k, c))),
    bias: Float64Array.from({ length: classes }, (_, c) => at(width - 1, c)),
  };
}
