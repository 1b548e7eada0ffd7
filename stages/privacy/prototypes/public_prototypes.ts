/** @file DPPL-Public and its top-k: public examples chosen as prototypes. Wahdany et al. (2024), arXiv 2406.08039, section 4.2. */
import { checkCount } from "../check.ts";
import type { Rows } from "../clip.ts";
import { exponential } from "../mechanisms/exponential.ts";
import type { Selection } from "../mechanisms/scores.ts";
import type { NoiseSource } from "../noise/source.ts";
import { checkRelation, type Relation } from "../relation.ts";
import type { Release } from "../release.ts";
import { type Budget, selectionEpsilon } from "./budget.ts";
import { checkClasses, groupedHead, type PartRelease, type PrivateHead } from "./head.ts";
import { exponentialSubset } from "./exponential_subset.ts";
import { type Cut, publicScores } from "./public_scores.ts";

/** How public prototypes are chosen. */
export interface PublicRequest<R extends Relation> {
  readonly relation: R;
  /** Of every class. */
  readonly budget: Budget;
  /** Public embeddings to choose among, the same for every class. */
  readonly candidates: Rows;
  readonly cut?: Cut;
  /** Prototypes of a class; 1 by default. */
  readonly k?: number;
}

/**
 * The public examples that are most alike to each private class, by the exponential mechanism; several of a class are drawn
 * at once, as a set. Monotone under add-remove, so at twice the weight that replace-one allows. The released prototypes are
 * public embeddings: only which they are depends on the private data.
 *
 * Classification is by the nearest of all prototypes of all classes.
 *
 * @throws RangeError for fewer than k candidates, an empty class under replace-one, a budget or cut out of range: before
 * anything is released
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { publicPrototypes, seededNoise } from "engram/stages/privacy/mod.ts";
 * const classes = [[1, 0.1], [0.1, 1]].map((row) => ({ data: Float64Array.from(row), shape: [1, 2] as const }));
 * const candidates = { data: Float64Array.of(1, 0, 0, 1), shape: [2, 2] as const };
 * const how = { relation: "add-remove", budget: { epsilon: 100 }, candidates } as const;
 * assert.deepEqual([...publicPrototypes(classes, how, seededNoise(1)).head.vectors.data], [1, 0, 0, 1]);
 * ```
 */
export function publicPrototypes<R extends Relation>(
  classes: readonly Rows[],
  request: PublicRequest<R>,
  noise: NoiseSource,
): PrivateHead<R> {
  return choosing(classes, request)(noise);
}

/** Checks and scores once, for any number of draws: each is a release. */
export function choosing<R extends Relation>(
  classes: readonly Rows[],
  { relation, budget, candidates, cut = { low: 0, high: 2 }, k = 1 }: PublicRequest<R>,
): (noise: NoiseSource) => PrivateHead<R> {
  checkRelation(relation);
  checkClasses(classes, relation);
  checkCount("k", k);
  const [m, d] = candidates.shape;
  if (k > m) throw new RangeError(`Cannot choose ${k} prototypes among ${m} public examples`);
  const how = { epsilon: selectionEpsilon(budget), monotone: relation === "add-remove" } as Selection<R>;
  const scores = classes.map((rows) => publicScores(rows, candidates, cut, relation));
  return function draw(noise) {
    const releases: PartRelease<R>[] = [];
    const chosen = scores.map((query, label) => {
      const release: Release<number | number[], R> = k === 1
        ? exponential(query, { ...how, sampler: "rejection" }, noise)
        : exponentialSubset(query, { ...how, k }, noise);
      releases.push({ part: `class ${label}`, release });
      return [release.value].flat().map((row) => Float64Array.from(candidates.data.subarray(row * d, row * d + d)));
    });
    return { head: groupedHead("cosine", chosen), releases };
  };
}
