/** @file Correlation of two numbers about models, over models: attack success with test accuracy, given others. */
import { z } from "zod";
import { named, stage } from "../../dsl/mod.ts";
import { stream } from "../../engine/random.ts";
import { Metrics } from "../artifacts/mod.ts";
import { bootstrapParams } from "./attack_success.ts";
import { type Kind, partialCorrelation } from "./correlations.ts";
import { type Estimate, metricsOf } from "./metrics_of.ts";
import { nameOf, type Point, pointsOf, quantity } from "./points.ts";
import { percentiles } from "./quantiles.ts";

/**
 * Correlates `y` with `x` over the models of all groups, given `given` (partial correlations: both are cleared of the
 * covariates by least squares; for Spearman's, all are ranks). Rows: measure `y ~ x` or `y ~ x | given`; metrics
 * "pearson" and "spearman"; slices "all" (models of all groups together), each group alone, and, where there are several
 * groups, "within groups" (given the group, too: differences between groups' means do not count).
 *
 * Intervals are of a bootstrap that draws model indices: models of one index share their training set, whatever the
 * group, and are drawn together. They need many indices; with fewer than three there is none.
 *
 * @throws RangeError when no row is one of the quantities, or fewer than three models have all of them
 *
 * @example
 * ```ts
 * import type { MetricsNode } from "engram/stages/report/mod.ts";
 * import * as stats from "engram/stages/stats/mod.ts";
 * function graph(metrics: Record<string, MetricsNode>) {
 *   return stats.correlateMetrics({ metrics }, {
 *     y: { measure: "LiRA online", metric: "auc" },
 *     x: { metric: "test accuracy" },
 *     given: [{ metric: "train accuracy" }],
 *   });
 * }
 * ```
 */
export const correlateMetrics = stage({
  name: "correlate-metrics",
  doc: "Correlation of two numbers about models over models, given others, with bootstrap intervals",
  inputs: { metrics: named(Metrics) },
  params: z.object({
    y: quantity,
    x: quantity,
    given: z.array(quantity).default([]).describe("Covariates"),
    ...bootstrapParams,
  }),
  output: Metrics,
  run({ metrics }, { y, x, given, replicates, seed }) {
    const points = pointsOf(metrics, [y, x, ...given]);
    if (points.length < 3) throw new RangeError(`Cannot correlate ${points.length} models: measure at least three`);
    const groups = [...new Set(points.map(({ group }) => group))];
    const slices = [
      { slice: "all", points, within: false },
      ...(groups.length === 1 ? [] : [{ slice: "within groups", points, within: true }]),
      ...(groups.length === 1 ? [] : groups.map((group) => ({
        slice: group,
        points: points.filter((point) => point.group === group),
        within: false,
      }))),
    ];
    const about = given.length === 0 ? "" : ` | ${given.map(nameOf).join(", ")}`;
    const measure = `${nameOf(y)} ~ ${nameOf(x)}${about}`;
    const rows = slices.flatMap(({ slice, points, within }) =>
      (["pearson", "spearman"] as const).map((metric): Estimate => {
        const interval = resampled(points, (drawn) => correlation(metric, drawn, within), replicates, seed);
        const value = correlation(metric, points, within);
        return { measure, metric, slice, value, ...interval, n: points.length };
      })
    );
    return metricsOf(rows);
  },
});

function correlation(kind: Kind, points: readonly Point[], within: boolean): number {
  const column = (at: number) => points.map(({ values }) => values[at]!);
  const covariates = points[0]?.values.slice(2).map((_, i) => column(i + 2)) ?? [];
  const dummies = within
    ? [...new Set(points.map(({ group }) => group))].map((name) => points.map(({ group }) => Number(group === name)))
    : [];
  if (points.length < 3 + covariates.length + Math.max(0, dummies.length - 1)) return NaN;
  return partialCorrelation(kind, column(1), column(0), [...covariates, ...dummies]);
}

function resampled(
  points: readonly Point[],
  statistic: (points: readonly Point[]) => number,
  replicates: number,
  seed: number,
): { low: number; high: number } {
  const byIndex = [...Map.groupBy(points, ({ model }) => model).values()];
  if (byIndex.length < 3) return { low: NaN, high: NaN };
  const random = stream(seed, "correlate-metrics");
  const drawn = Array.from({ length: replicates }, () => {
    const chosen = random.integers(byIndex.length, 0, byIndex.length);
    return statistic(Array.from(chosen, (at) => byIndex[at]!).flat());
  });
  return percentiles(drawn);
}
