/** @file Least squares of many outcomes on the same columns and an intercept, with weights: what a bootstrap repeats. */
import { Matrix, solve } from "ml-matrix";

/**
 * Of each outcome its coefficients on the columns, in their order, where row j counts `weights[j]` times. NaN where the
 * weighted columns depend on each other.
 *
 * @param columns one array a column, each as long as `weights`
 * @param outcomes one array an outcome
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { weightedFit } from "engram/stages/stats/weighted_fit.ts";
 * const [[slope] = []] = weightedFit([Float64Array.of(0, 1, 5)], [Float64Array.of(1, 3, 0)], Float64Array.of(1, 1, 0));
 * assert(Math.abs(slope! - 2) < 1e-12);
 * ```
 */
export function weightedFit(
  columns: readonly Float64Array[],
  outcomes: readonly Float64Array[],
  weights: Float64Array,
): number[][] {
  const X = [new Float64Array(weights.length).fill(1), ...columns].map((column) => ({
    column,
    weighted: column.map((value, j) => value * weights[j]!),
  }));
  const G = X.map(({ weighted }) => X.map(({ column }) => dot(weighted, column)));
  const scale = G.map((row, i) => Math.sqrt(row[i]!));
  const scaled = G.map((row, i) => row.map((g, j) => g / (scale[i]! * scale[j]!)));
  const right = X.map(({ weighted }, i) => outcomes.map((y) => dot(weighted, y) / scale[i]!));
  const none = outcomes.map(() => columns.map(() => NaN));
  if (scale.some((s) => s === 0)) return none;
  const solution = tried(() => solve(new Matrix(scaled), new Matrix(right)));
  if (solution === undefined) return none;
  return outcomes.map((_, o) => columns.map((_, i) => solution.get(i + 1, o) / scale[i + 1]!));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}

/** ml-matrix throws where a matrix is singular. */
function tried<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
