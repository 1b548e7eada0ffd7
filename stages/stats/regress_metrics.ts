/** @file Regression of a number about models on others and on the group: ANCOVA, the optimizer's effect at equal accuracy. */
import { z } from "zod";
import { didYouMean, named, stage } from "../../dsl/mod.ts";
import { Comparisons, Metrics } from "../artifacts/mod.ts";
import { type Estimate, metricsOf } from "./metrics_of.ts";
import { comparisonsOf } from "./comparisons_of.ts";
import type { Fit } from "./ols.ts";
import { nameOf, pointsOf, quantity } from "./points.ts";

const params = z.object({
  y: quantity,
  x: z.array(quantity).default([]).describe("Covariates"),
  reference: z.string().optional().describe(
    "The group that the others are compared with; without it, no group effects",
  ),
  errors: z.enum(["classical", "hc3", "cluster"]).default("cluster").describe(
    "Standard errors: of equal variances; heteroskedasticity-consistent; or clustered by model index, since models of " +
      "one index share their training set",
  ),
});

/**
 * Least squares over the models of all groups: `y = a + Σ b x + effect of the group`. Rows: measure, the name of y;
 * metric "coefficient", with slices "intercept", each covariate's name and each group but the reference; metric "r2".
 * Units are those of the metrics. Intervals: {@link leastSquares}. n is the number of models.
 *
 * @throws RangeError when the reference is no group, there are too few models, or terms depend on each other
 *
 * @example
 * ```ts
 * import type { MetricsNode } from "engram/stages/report/mod.ts";
 * import * as stats from "engram/stages/stats/mod.ts";
 * function graph(metrics: Record<string, MetricsNode>) {
 *   return stats.regressMetrics({ metrics }, {
 *     y: { measure: "LiRA online", metric: "auc" },
 *     x: [{ metric: "test accuracy" }, { metric: "train accuracy" }],
 *     reference: "sgd",
 *   });
 * }
 * ```
 */
export const regressMetrics = stage({
  name: "regress-metrics",
  doc: "Least squares of a number about models on others and on the group, with intervals",
  inputs: { metrics: named(Metrics) },
  params,
  output: Metrics,
  async run(inputs, asked) {
    const { fit, terms, n } = await fitted(inputs.metrics, asked);
    const measure = nameOf(asked.y);
    const rows = terms.map(({ name }, i): Estimate => ({
      measure,
      metric: "coefficient",
      slice: name,
      ...fit.coefficients[i]!,
      n,
    }));
    return metricsOf([...rows, { measure, metric: "r2", slice: "all", value: fit.r2, low: NaN, high: NaN, n }]);
  },
});

/**
 * The group effects of {@link regressMetrics}, as differences to the reference at equal covariates, with p-values
 * corrected over the groups: ANCOVA. `attack` is `y | x`, `metric` the metric of y; the interval is over models.
 *
 * @throws RangeError as `regressMetrics` does
 *
 * @example
 * ```ts
 * import type { MetricsNode } from "engram/stages/report/mod.ts";
 * import * as stats from "engram/stages/stats/mod.ts";
 * function graph(metrics: Record<string, MetricsNode>) {
 *   const [y, x] = [{ measure: "LiRA online", metric: "auc" }, [{ metric: "test accuracy" }]];
 *   return stats.adjustedDifferences({ metrics }, { y, x, reference: "sgd" });
 * }
 * ```
 */
export const adjustedDifferences = stage({
  name: "adjusted-differences",
  doc: "Differences between groups in a number about models at equal covariates (ANCOVA), with p-values",
  inputs: { metrics: named(Metrics) },
  params: params.extend({ reference: z.string().describe("The group that the others are compared with") }),
  output: Comparisons,
  async run(inputs, asked) {
    const { fit, terms, groups } = await fitted(inputs.metrics, asked);
    const { y, x, reference } = asked;
    const own = terms.flatMap(({ name, kind }, i) => kind === "group" ? [{ name, ...fit.coefficients[i]! }] : []);
    const given = x.length === 0 ? "" : ` | ${x.map(nameOf).join(", ")}`;
    const about = { attack: `${y.name ?? y.measure ?? nameOf(y)}${given}`, metric: y.metric ?? "", slice: y.slice };
    return comparisonsOf(
      own.map(({ name, value, low, high, p }) => ({
        ...about,
        group: name,
        value,
        low,
        high,
        p,
        models: groups.get(name)!,
      })),
      reference,
    );
  },
});

interface Term {
  readonly name: string;
  readonly kind: "intercept" | "covariate" | "group";
}

/** Loads linear algebra when it is needed. */
async function fitted(
  metrics: Parameters<typeof pointsOf>[0],
  { y, x, reference, errors }: z.output<typeof params>,
): Promise<{ fit: Fit; terms: readonly Term[]; n: number; groups: ReadonlyMap<string, number> }> {
  const points = pointsOf(metrics, [y, ...x]);
  const groups = new Map([...Map.groupBy(points, ({ group }) => group)].map(([name, own]) => [name, own.length]));
  if (reference !== undefined && !groups.has(reference)) {
    throw new RangeError(
      `Cannot compare with group "${reference}", it has no models: ${didYouMean(reference, groups.keys())}`,
    );
  }
  const others = reference === undefined ? [] : [...groups.keys()].filter((group) => group !== reference);
  const terms: Term[] = [
    { name: "intercept", kind: "intercept" },
    ...x.map((of) => ({ name: nameOf(of), kind: "covariate" as const })),
    ...others.map((name) => ({ name, kind: "group" as const })),
  ];
  const { leastSquares } = await import("./ols.ts");
  const fit = leastSquares({
    y: points.map(({ values }) => values[0]!),
    X: points.map(({ values, group }) => [1, ...values.slice(1), ...others.map((name) => Number(name === group))]),
    errors,
    clusters: points.map(({ model }) => model),
  });
  return { fit, terms, n: points.length, groups };
}
