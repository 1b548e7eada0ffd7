/** @file Percentiles of bootstrap replicates. */

/**
 * Between these lie 95 % of the finite values, linear between order statistics; NaN where fewer than half are finite: a
 * statistic that most resamples do not have has no interval.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { percentiles } from "engram/stages/stats/quantiles.ts";
 * const { low, high } = percentiles(Array.from({ length: 101 }, (_, i) => i));
 * assert(low === 2.5 && high === 97.5);
 * ```
 */
export function percentiles(values: readonly number[]): { low: number; high: number } {
  const sorted = Float64Array.from(values.filter(Number.isFinite)).sort();
  if (2 * sorted.length < values.length) return { low: NaN, high: NaN };
  return { low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}

function quantile(sorted: Float64Array, probability: number): number {
  const at = probability * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!);
}
