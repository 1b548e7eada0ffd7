/** @file Ordinary least squares, with classical, heteroskedasticity-consistent and clustered errors. */
import { inverse, Matrix } from "ml-matrix";
import { studentt } from "./distributions.ts";

/** How the coefficients' covariance is estimated. */
export type Errors = "classical" | "hc3" | "cluster";

/** One coefficient. */
export interface Coefficient {
  readonly value: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided, of the coefficient being 0. */
  readonly p: number;
}

/** A fitted line. */
export interface Fit {
  /** In the order of the columns. */
  readonly coefficients: readonly Coefficient[];
  readonly residuals: Float64Array;
  /** Share of the variance that is explained, about the mean. */
  readonly r2: number;
  /** Degrees of freedom of the intervals. */
  readonly degrees: number;
}

/** What is fitted. */
export interface Regression {
  readonly y: readonly number[];
  /** One row an observation; a column of ones makes an intercept. */
  readonly X: readonly (readonly number[])[];
  readonly errors?: Errors;
  /** Which observations belong together, for `cluster`. */
  readonly clusters?: readonly (number | string)[];
}

/**
 * Fits y = X b by least squares. Intervals and p-values are of Student's t, with n - k degrees of freedom, or for
 * clustered errors with one less than the number of clusters:
 *
 * - `classical`: equal variances.
 * - `hc3`: each residual divided by 1 - its leverage (MacKinnon & White 1985).
 * - `cluster`: observations of one cluster may depend on each other (Liang & Zeger 1986), times
 *   `G / (G - 1) · (n - 1) / (n - k)`. With few clusters the intervals are too narrow.
 *
 * @throws RangeError when there are no more observations than columns, or columns depend on each other
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { leastSquares } from "engram/stages/stats/ols.ts";
 * const { coefficients } = leastSquares({ y: [1, 3.1, 4.9, 7], X: [[1, 0], [1, 1], [1, 2], [1, 3]] });
 * assert(Math.abs(coefficients[1]!.value - 1.98) < 1e-12);
 * ```
 */
export function leastSquares({ y, X: rows, errors = "classical", clusters = [] }: Regression): Fit {
  const [n, k] = [y.length, rows[0]?.length ?? 0];
  if (n <= k) throw new RangeError(`Cannot fit ${k} coefficients to ${n} observations: measure more models`);
  const X = new Matrix(rows.map((row) => [...row]));
  const Xt = X.transpose();
  const G = Xt.mmul(X);
  // The scale of columns must not matter: compare with the diagonal.
  const scale = G.diagonal().map((square) => Math.sqrt(square));
  const scaled = new Matrix(G.to2DArray().map((row, i) => row.map((g, j) => g / (scale[i]! * scale[j]!))));
  if (scale.some((s) => s === 0) || smallestPivot(scaled) < 1e-12) {
    throw new RangeError(`Cannot fit ${k} coefficients: some terms depend on each other; leave one out`);
  }
  const bread = new Matrix(inverse(scaled).to2DArray().map((row, i) => row.map((v, j) => v / (scale[i]! * scale[j]!))));
  const b = bread.mmul(Xt.mmul(Matrix.columnVector([...y]))).to1DArray();
  const residuals = Float64Array.from(y, (value, i) => value - rows[i]!.reduce((sum, x, j) => sum + x * b[j]!, 0));
  const squares = residuals.reduce((sum, e) => sum + e * e, 0);
  const mean = y.reduce((sum, value) => sum + value, 0) / n;
  const total = y.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const groups = new Set(clusters).size;
  const degrees = errors === "cluster" ? groups - 1 : n - k;
  if (degrees < 1) {
    throw new RangeError(`Cannot give intervals of ${groups} cluster: use other "errors" or more models`);
  }
  const covariance = errors === "classical"
    ? bread.clone().mul(squares / (n - k))
    : bread.mmul(meat(errors, rows, residuals, bread, clusters)).mmul(bread);
  const quantile = studentt.inv(0.975, degrees);
  const coefficients = b.map((value, j): Coefficient => {
    const standardError = Math.sqrt(Math.max(0, covariance.get(j, j)));
    const half = quantile * standardError;
    const p = standardError === 0
      ? (value === 0 ? 1 : 0)
      : Math.min(1, 2 * studentt.cdf(-Math.abs(value) / standardError, degrees));
    return { value, standardError, low: value - half, high: value + half, p };
  });
  return { coefficients, residuals, r2: total === 0 ? NaN : 1 - squares / total, degrees };
}

/** The middle of the sandwich. */
function meat(
  errors: "hc3" | "cluster",
  rows: readonly (readonly number[])[],
  residuals: Float64Array,
  bread: Matrix,
  clusters: readonly (number | string)[],
): Matrix {
  const [n, k] = [rows.length, rows[0]!.length];
  const scores = rows.map((row, i) => {
    const x = Matrix.columnVector([...row]);
    const leverage = errors === "hc3" ? x.transpose().mmul(bread).mmul(x).get(0, 0) : 0;
    return row.map((value) => value * residuals[i]! / (1 - leverage));
  });
  const keys = errors === "hc3" ? rows.map((_, i) => i) : clusters;
  if (keys.length !== n) {
    throw new RangeError(`Cannot cluster ${n} observations by ${keys.length} names: give one an observation`);
  }
  const members = [...Map.groupBy(rows.keys(), (i) => keys[i]!).values()];
  const sum = Matrix.zeros(k, k);
  for (const own of members) {
    const total = Matrix.columnVector(rows[0]!.map((_, j) => own.reduce((s, i) => s + scores[i]![j]!, 0)));
    sum.add(total.mmul(total.transpose()));
  }
  const few = errors === "hc3" ? 1 : members.length / (members.length - 1) * (n - 1) / (n - k);
  return sum.mul(few);
}

/** The least pivot of elimination without exchanges, of a positive semidefinite matrix with ones on its diagonal. */
function smallestPivot(matrix: Matrix): number {
  const a = matrix.to2DArray();
  let least = Infinity;
  for (let p = 0; p < a.length; p++) {
    const pivot = a[p]![p]!;
    least = Math.min(least, pivot);
    if (pivot <= 0) return pivot;
    for (let i = p + 1; i < a.length; i++) {
      const factor = a[i]![p]! / pivot;
      for (let j = p; j < a.length; j++) a[i]![j]! -= factor * a[p]![j]!;
    }
  }
  return least;
}
