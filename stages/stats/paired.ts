/** @file Paired differences between two zoos on the same masks. */
import { studentt } from "./distributions.ts";
import { type Interval, meanInterval } from "./interval.ts";

/** A mean difference with its interval, and the p-value of the hypothesis that it is 0. */
export interface Difference extends Interval {
  readonly p: number;
}

/**
 * The mean of `of[i] - from[i]` over models, by Student's t. Models of one mask share initial weights and batches, so that
 * what they have in common cancels. A single pair has neither interval nor p-value.
 *
 * @throws RangeError when there are more of the one than of the other.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { pairedDifference } from "engram/stages/stats/paired.ts";
 * const { value, low, high, p } = pairedDifference([1, 2, 3.5], [2, 3, 4]);
 * assert(Math.abs(value + 5 / 6) < 1e-12 && low < value && high < 0.1 && p > 0.01 && p < 0.05);
 * ```
 */
export function pairedDifference(of: readonly number[], from: readonly number[]): Difference {
  if (of.length !== from.length) {
    throw new RangeError(`Cannot pair ${of.length} models with ${from.length}: give zoos on the same masks`);
  }
  const interval = meanInterval(of.map((value, i) => value - from[i]!));
  if (of.length === 1) return { ...interval, p: NaN };
  const half = (interval.high - interval.low) / 2;
  if (half === 0) return { ...interval, p: interval.value === 0 ? 1 : 0 };
  const t = Math.abs(interval.value) / (half / studentt.inv(0.975, of.length - 1));
  // Rounding can take it a little beyond 1.
  return { ...interval, p: Math.min(1, 2 * studentt.cdf(-t, of.length - 1)) };
}
