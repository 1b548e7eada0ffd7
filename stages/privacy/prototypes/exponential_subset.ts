/**
 * @file A set of k candidates by one exponential mechanism, whose utility is the least score in the set. Wahdany et al. (2024),
 * arXiv 2406.08039 (DPPL-Public top-k); the same idea over ordered sets is Gillenwater et al. (2022), arXiv 2201.12333.
 */
import { checkCount } from "../check.ts";
import { guarantee } from "../guarantee.ts";
import type { Selection } from "../mechanisms/scores.ts";
import { weightOf } from "../mechanisms/scores.ts";
import { gumbelNoise } from "../noise/continuous.ts";
import { below, type NoiseSource } from "../noise/source.ts";
import type { Relation } from "../relation.ts";
import type { Release } from "../release.ts";
import type { Query } from "../sensitivity.ts";

/**
 * Selects a set of k candidates with probability proportional to `exp(epsilon least / (2 sensitivity))`, without the 2 where
 * scores are monotone: `least` is the smallest score in the set, which moves no further than scores do, and the same way.
 * Pure `epsilon`-DP, `epsilon^2 / 8`-zCDP.
 *
 * Of n candidates by falling score, the worst of the set is at place i (0-based) in `C(i, k - 1)` sets: that place is drawn
 * by Gumbel noise, and the others uniformly among the better ones. In float64.
 *
 * @returns places of candidates, in no order that tells of their scores
 * @throws RangeError for an epsilon that is not positive, and fewer than k candidates
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { exponentialSubset, histogram, seededNoise } from "engram/stages/privacy/mod.ts";
 * const votes = histogram([100, 3, 500], "linf", "add-remove");
 * const { value } = exponentialSubset(votes, { epsilon: 2, k: 2, monotone: true }, seededNoise(1));
 * assert.deepEqual(value, [0, 2]);
 * ```
 */
export function exponentialSubset<R extends Relation>(
  scores: Query<"linf", R>,
  how: Selection<R> & { readonly k: number },
  noise: NoiseSource,
): Release<number[], R> {
  const { epsilon, k } = how;
  checkCount("k", k);
  const weight = weightOf("exponentialSubset", scores, how);
  const { value, sensitivity } = scores;
  const n = value.length;
  if (k > n) throw new RangeError(`Cannot select a set of ${k} of ${n} candidates`);
  const promised = guarantee(sensitivity.relation, { kind: "pure", epsilon, range: true });
  const origin = noise.origin;
  const ranked = Array.from(value.keys()).sort((a, b) => value[b]! - value[a]! || a - b);
  let [worst, most, logSets] = [k - 1, -Infinity, 0];
  for (let place = k - 1; place < n; place++) {
    // C(place, k - 1) from C(place - 1, k - 1).
    if (place > k - 1) logSets += Math.log(place / (place - k + 1));
    const drawn = logSets + weight * value[ranked[place]!]! + gumbelNoise(noise);
    if (drawn > most) [worst, most] = [place, drawn];
  }
  const better = ranked.slice(0, worst);
  for (let i = 0; i < k - 1; i++) {
    const other = i + below(noise, better.length - i);
    [better[i], better[other]] = [better[other]!, better[i]!];
  }
  return {
    value: [...better.slice(0, k - 1), ranked[worst]!].sort((a, b) => a - b),
    mechanism: "exponentialSubset",
    parameters: { epsilon, k, sensitivity: sensitivity.bound, monotone: String(how.monotone ?? false) },
    guarantee: promised,
    noise: origin,
    arithmetic: "float64",
  };
}
