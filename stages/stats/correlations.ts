/** @file Pearson's, Spearman's and partial correlations of weighted observations, so that resamples are weights. */
import { ranks } from "../score/correlation.ts";

/** How a correlation is taken: of the values, or of their ranks. */
export type Kind = "pearson" | "spearman";

/**
 * Pearson's correlation of observations that count `weights` times each; NaN where a side does not vary.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { weightedPearson } from "engram/stages/stats/correlations.ts";
 * assert(Math.abs(weightedPearson([1, 2, 9], [2, 4, 0], [1, 1, 0]) - 1) < 1e-12);
 * ```
 */
export function weightedPearson(x: ArrayLike<number>, y: ArrayLike<number>, weights: ArrayLike<number>): number {
  const [mx, my] = [weightedMean(x, weights), weightedMean(y, weights)];
  let [xx, yy, xy, scaleX, scaleY] = [0, 0, 0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const w = weights[i]!;
    if (w === 0) continue;
    const [a, b] = [x[i]! - mx, y[i]! - my];
    xx += w * a * a;
    yy += w * b * b;
    xy += w * a * b;
    scaleX += w * x[i]! ** 2;
    scaleY += w * y[i]! ** 2;
  }
  if (xx <= 1e-20 * scaleX || yy <= 1e-20 * scaleY) return NaN;
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy)));
}

function weightedMean(x: ArrayLike<number>, weights: ArrayLike<number>): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    sum += weights[i]! * x[i]!;
    count += weights[i]!;
  }
  return sum / count;
}

/** Values in order, so that the ranks of a resample take one pass. */
export class Ordered {
  readonly #order: Uint32Array;
  readonly #values: ArrayLike<number>;

  constructor(values: ArrayLike<number>) {
    this.#values = values;
    this.#order = Uint32Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  }

  /** Mid-ranks in the resample in which value i occurs `weights[i]` times; of values that do not occur, of no meaning. */
  ranks(weights: ArrayLike<number>): Float64Array {
    const [order, values] = [this.#order, this.#values];
    const out = new Float64Array(order.length);
    let below = 0;
    for (let from = 0; from < order.length;) {
      let [to, count] = [from, 0];
      while (to < order.length && values[order[to]!] === values[order[from]!]) count += weights[order[to++]!]!;
      for (let i = from; i < to; i++) out[order[i]!] = below + (count + 1) / 2;
      below += count;
      from = to;
    }
    return out;
  }
}

/**
 * Correlation of x and y given covariates: of what is left of both when their least-squares fits on the covariates (and
 * a constant) are taken away; for `spearman`, all of them are ranks. Without covariates it is the plain correlation.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { partialCorrelation } from "engram/stages/stats/correlations.ts";
 * const z = [1, 2, 3, 4], x = [1.1, 1.9, 3.1, 3.9], y = [0.9, 2.1, 2.9, 4.1]; // opposite noise around z
 * assert(Math.abs(partialCorrelation("pearson", x, y, [z]) + 1) < 1e-9);
 * ```
 */
export function partialCorrelation(
  kind: Kind,
  x: readonly number[],
  y: readonly number[],
  covariates: readonly (readonly number[])[] = [],
): number {
  const of = (values: readonly number[]) => kind === "spearman" ? ranks(values) : Float64Array.from(values);
  const basis: Float64Array[] = [];
  for (const column of [x.map(() => 1), ...covariates]) {
    const left = without(of(column), basis);
    const length = Math.sqrt(dot(left, left));
    // A covariate that others contain takes nothing more away.
    if (length > 1e-9 * Math.sqrt(dot(column, column))) basis.push(left.map((v) => v / length));
  }
  // Ranks of a constant are a constant, so that the first column always is.
  const [a, b] = [of(x), of(y)].map((values) => ({ all: dot(values, values), left: without(values, basis) })) as [
    { all: number; left: Float64Array },
    { all: number; left: Float64Array },
  ];
  const [aa, bb] = [dot(a.left, a.left), dot(b.left, b.left)];
  if (aa <= 1e-20 * a.all || bb <= 1e-20 * b.all) return NaN;
  return Math.max(-1, Math.min(1, dot(a.left, b.left) / Math.sqrt(aa * bb)));
}

/** What is left of a vector without its part in an orthonormal basis; twice, against rounding. */
function without(vector: Float64Array, basis: readonly Float64Array[]): Float64Array {
  let left = vector;
  for (const unit of [...basis, ...basis]) {
    const part = dot(left, unit);
    left = left.map((v, i) => v - part * unit[i]!);
  }
  return left;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
