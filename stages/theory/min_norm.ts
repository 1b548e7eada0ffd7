/** @file The interpolator of least G-norm: the limit of gradient methods on an over-parametrized linear model. */
import { CholeskyDecomposition, Matrix } from "ml-matrix";

/**
 * `w = argmin wᵀ G w` subject to `X w = y`, which is `G⁻¹ Xᵀ (X G⁻¹ Xᵀ)⁻¹ y`, for a diagonal G.
 *
 * @param rows X, row-major `[n, d]`, n at most d. @param metric the diagonal of G, positive, d numbers.
 * @returns d weights.
 * @throws RangeError when the rows are linearly dependent, so that nothing interpolates every y.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { minNorm } from "engram/stages/theory/min_norm.ts";
 * const w = minNorm({ rows: Float64Array.of(1, 1), n: 1, metric: Float64Array.of(1, 3), targets: Float64Array.of(4) });
 * assert(Math.abs(w[0]! - 3) < 1e-12 && Math.abs(w[1]! - 1) < 1e-12);
 * ```
 */
export function minNorm({ rows, n, metric, targets }: {
  readonly rows: Float64Array;
  readonly n: number;
  readonly metric: Float64Array;
  readonly targets: Float64Array;
}): Float64Array {
  const d = metric.length;
  const gram = Matrix.zeros(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += rows[i * d + k]! * rows[j * d + k]! / metric[k]!;
      gram.set(i, j, sum);
      gram.set(j, i, sum);
    }
  }
  const cholesky = new CholeskyDecomposition(gram);
  if (!cholesky.isPositiveDefinite()) {
    throw new RangeError(`Cannot interpolate ${n} examples with ${d} weights: they are dependent; raise "dimension"`);
  }
  const dual = cholesky.solve(Matrix.columnVector(targets)).to1DArray();
  const weights = new Float64Array(d);
  for (let k = 0; k < d; k++) {
    for (let i = 0; i < n; i++) weights[k]! += rows[i * d + k]! * dual[i]!;
    weights[k]! /= metric[k]!;
  }
  return weights;
}
