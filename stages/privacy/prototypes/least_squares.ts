/**
 * @file DP least squares: a linear head from noisy sufficient statistics, `X'X` and `X'Y` (Vu & Slavkovic 2009; Mehta et al. 2023,
 * "Differentially private image classification from features", TMLR, arXiv 2211.13403, section 4).
 */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { checkPositive } from "../check.ts";
import type { Rows } from "../clip.ts";
import type { NoiseSource } from "../noise/source.ts";
import { checkRelation, type Relation } from "../relation.ts";
import { type Budget, checkBudget, noisyVector } from "./budget.ts";
import { type Examples, examplesOf, unfolded } from "./examples.ts";
import { checkClasses, headOf, type PrivateHead } from "./head.ts";
import { slabSum } from "./slab_sum.ts";

/** How least squares are released. */
export interface LeastSquaresRequest<R extends Relation> {
  readonly relation: R;
  readonly budget: Budget;
  /** How much `X'Y` counts beside `X'X` in what one noise hides: it has less noise for it. */
  readonly targetWeight?: number;
  /** Least eigenvalue that `X'X` may have, in noise's standard deviations times the square root of its width. */
  readonly floor?: number;
}

/**
 * One vector is released: the upper triangle of `X'X` (off its diagonal times sqrt(2), so that its length is that of the
 * matrix) and `targetWeight X'Y` with one-hot `Y`. Rows of X are no longer than 1, so an example's part is no longer than
 * `sqrt(1 + targetWeight^2)`. Eigenvalues below the noise's level are raised to it, then the equations are solved.
 *
 * @throws RangeError for parameters out of range, as `noisyMeans()`
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { classify, leastSquares, seededNoise } from "engram/stages/privacy/mod.ts";
 * const classes = [1, -1].map((x) => ({ data: new Float64Array(200).fill(x), shape: [200, 1] as const }));
 * const { head } = leastSquares(classes, { relation: "add-remove", budget: { rho: 1 } }, seededNoise(1));
 * assert.deepEqual([...classify(head, { data: Float64Array.of(1, -1), shape: [2, 1] })], [0, 1]);
 * ```
 */
export function leastSquares<R extends Relation>(
  classes: readonly Rows[],
  request: LeastSquaresRequest<R>,
  noise: NoiseSource,
): PrivateHead<R> {
  return solving(classes, request)(noise);
}

/** Checks and sums up once, for any number of draws: each is a release. */
export function solving<R extends Relation>(
  classes: readonly Rows[],
  { relation, budget, targetWeight = 1, floor = 0.3 }: LeastSquaresRequest<R>,
): (noise: NoiseSource) => PrivateHead<R> {
  checkRelation(relation);
  checkBudget(budget);
  checkPositive("targetWeight", targetWeight);
  checkPositive("floor", floor);
  checkClasses(classes, relation);
  const examples = examplesOf(classes);
  const { query, triangle } = statistics(examples, classes.length, targetWeight, relation);
  const { width } = examples;
  return function draw(noise) {
    const release = noisyVector(query, budget, noise);
    const moments = Matrix.zeros(width, width);
    let at = 0;
    for (let a = 0; a < width; a++) {
      for (let b = a; b < width; b++, at++) {
        const moment = release.value[at]! * (a === b ? 1 : Math.SQRT1_2);
        moments.set(a, b, moment);
        moments.set(b, a, moment);
      }
    }
    const targets = release.value.subarray(triangle).map((t) => t / targetWeight);
    // Of normal noise a coordinate's deviation; of L2-Laplace noise about that, as its length is `d scale`.
    const deviation = Number(release.parameters.deviation ?? 0) ||
      Number(release.parameters.scale) * Math.sqrt(query.value.length);
    const weights = solved(moments, targets, classes.length, floor * deviation * Math.sqrt(width));
    const { vectors, bias } = unfolded(weights, width, classes.length);
    return { head: headOf("linear", vectors, bias), releases: [{ part: "", release }] };
  };
}

/** The sufficient statistics of all examples as one vector, and where `X'Y` begins in it. */
export function statistics<R extends Relation>(
  { count, x, width, y }: Examples,
  classes: number,
  targetWeight: number,
  relation: R,
) {
  const triangle = width * (width + 1) / 2;
  function fill(row: number, target: Float64Array): void {
    const own = x.subarray(row * width, row * width + width);
    let at = 0;
    for (let a = 0; a < width; a++) {
      for (let b = a; b < width; b++, at++) target[at] = own[a]! * own[b]! * (a === b ? 1 : Math.SQRT2);
    }
    for (let a = 0; a < width; a++) target[triangle + a * classes + y[row]!] = targetWeight * own[a]!;
  }
  const rows = { count, width: triangle + width * classes, fill };
  return { query: slabSum(rows, Math.sqrt(1 + targetWeight ** 2), relation), triangle };
}

/** `M^-1 T` of a symmetric M whose eigenvalues are at least `least`. */
function solved(moments: Matrix, targets: Float64Array, classes: number, least: number): Float64Array {
  const { eigenvectorMatrix: vectors, realEigenvalues } = new EigenvalueDecomposition(moments, {
    assumeSymmetric: true,
  });
  const width = moments.rows;
  const turned = vectors.transpose().mmul(Matrix.from1DArray(width, classes, targets));
  realEigenvalues.forEach((value, row) => {
    for (let c = 0; c < classes; c++) turned.set(row, c, turned.get(row, c) / Math.max(value, least));
  });
  return Float64Array.from(vectors.mmul(turned).to1DArray());
}
