/**
 * @file DPPL-Mean, naive estimator: a noisy mean a class. Wahdany, Jagielski, Dziedzic & Boenisch (2024), arXiv 2406.08039,
 * section 4.1: `p_c = mean of clip(x, r) + N(0, 2 r^2 / (n_c^2 rho) I)`, which is `rho`-zCDP about replacing a record.
 */
import { clip, type Rows } from "../clip.ts";
import { clippedMean, clippedSum, histogram } from "../queries.ts";
import type { NoiseSource } from "../noise/source.ts";
import { checkRelation, type Relation } from "../relation.ts";
import { type Budget, checkBudget, noisyVector, shareOf } from "./budget.ts";
import { checkClasses, headOf, type PartRelease, type PrivateHead } from "./head.ts";

/** How means are released. */
export interface MeanRequest<R extends Relation> {
  readonly relation: R;
  /** Of every class: a person is in one of them, so this is what all together cost. */
  readonly budget: Budget;
  /** Longer embeddings are scaled down to this length. 1 for embeddings of unit length. */
  readonly bound?: number;
  /**
   * Under add-remove, sizes are private: the share of the budget that goes into a noisy size. At 0 (default) none is
   * released, and the prototype is the noisy sum: nearest prototypes by cosine do not depend on its length.
   */
  readonly sizeShare?: number;
}

/**
 * A prototype a class. Under replace-one, sizes of classes are public and no neighbour changes class. Under add-remove
 * nothing is: a person is in one class only (parallel composition by value), and an empty class is noise like any other.
 *
 * @throws RangeError for an empty class under replace-one, a budget, bound or share out of range, embeddings that are not
 * finite: before anything is released
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { noisyMeans, seededNoise } from "engram/stages/privacy/mod.ts";
 * const classes = [[1, 0], [0, 1]].map((row) => ({ data: Float64Array.from(row), shape: [1, 2] as const }));
 * const { head } = noisyMeans(classes, { relation: "add-remove", budget: { rho: 1000 } }, seededNoise(1));
 * assert(head.vectors.data[0]! > 0.8 && head.vectors.data[1]! < 0.2);
 * ```
 */
export function noisyMeans<R extends Relation>(
  classes: readonly Rows[],
  { relation, budget, bound = 1, sizeShare = 0 }: MeanRequest<R>,
  noise: NoiseSource,
): PrivateHead<R> {
  checkRelation(relation);
  checkBudget(budget);
  checkSizeShare(sizeShare);
  checkClasses(classes, relation);
  const clipped = classes.map((rows) => clip(rows, "l2", bound));
  const releases: PartRelease<R>[] = [];
  const vectors = clipped.map((rows, label) => {
    const part = `class ${label}`;
    // Conditional types do not follow from a comparison.
    const query = relation === "replace-one" ? clippedMean(rows, relation) : clippedSum(rows, relation);
    const forSum = relation === "replace-one" ? budget : shareOf(budget, 1 - sizeShare);
    const sum = noisyVector(query as ReturnType<typeof clippedSum<"l2", R>>, forSum, noise);
    releases.push({ part, release: sum });
    if (relation === "replace-one" || sizeShare === 0) return sum.value;
    const size = noisySize(rows.rows.shape[0], relation, shareOf(budget, sizeShare), noise);
    releases.push({ part, release: size });
    return sum.value.map((x) => x / Math.max(1, size.value[0]!));
  });
  return { head: headOf("cosine", vectors), releases };
}

/** A number of people with noise. */
export function noisySize<R extends Relation>(count: number, relation: R, budget: Budget, noise: NoiseSource) {
  return noisyVector(histogram([count], "l2", relation), budget, noise);
}

/** @throws RangeError unless 0 <= share < 1 */
export function checkSizeShare(share: number): void {
  if (!(share >= 0 && share < 1)) throw new RangeError(`"sizeShare" is a share of the budget in [0, 1), not ${share}`);
}
