/** @file How much of a gain goes through something: what is left of it when that is taken away. Fieller (1954). */
import { z } from "zod";
import { named, stage } from "../../dsl/mod.ts";
import { Metrics } from "../artifacts/mod.ts";
import { studentt } from "./distributions.ts";
import { type Interval, meanInterval } from "./interval.ts";
import { metricsOf } from "./metrics_of.ts";
import { nameOf, pointsOf, quantity } from "./points.ts";

/**
 * The share of a gain that is gone: `1 - treated / control`, of the means over models.
 *
 * Groups are `treated gained`, `treated base`, `control gained`, `control base`: two zoos (SAM and SGD) after a treatment
 * (the most memorized examples removed) and after its control (as many random ones removed). A model's gain is the
 * difference of the two on its mask; gains of one index are paired. Measure: the quantity's name; metrics "gain" (slices
 * "treated" and "control"), "gain taken away" (their difference) and "mediated share", with Fieller's interval of a ratio of means, which has no ends (NaN)
 * where the control's gain cannot be told from 0 or is a loss: then there is no gain whose share could be mediated.
 *
 * @throws RangeError when a group is missing, or fewer than two models have all four numbers.
 *
 * @example
 * ```ts
 * import type { MetricsNode } from "engram/stages/report/mod.ts";
 * import * as stats from "engram/stages/stats/mod.ts";
 * function graph(sgd: MetricsNode[], sam: MetricsNode[]) {
 *   const groups = { "treated gained": sam[0]!, "treated base": sgd[0]!, "control gained": sam[1]!, "control base": sgd[1]! };
 *   return stats.mediation({ metrics: groups }, { of: { metric: "test accuracy", slice: "bucket 1" } });
 * }
 * ```
 */
export const mediation = stage({
  name: "mediation",
  doc: "The share of a gain that a treatment takes away, against a control, with Fieller's interval",
  inputs: { metrics: named(Metrics) },
  params: z.object({ of: quantity }),
  output: Metrics,
  run({ metrics }, { of }) {
    const points = pointsOf(metrics, [of]);
    const [treated, control] = ["treated", "control"].map((arm) => {
      const [gained, base] = ["gained", "base"].map((side) => {
        const own = points.filter(({ group }) => group === `${arm} ${side}`);
        if (own.length === 0) throw new RangeError(`Cannot work out a mediation without group "${arm} ${side}"`);
        return new Map(own.map(({ model, values }) => [model, values[0]!]));
      }) as [Map<number, number>, Map<number, number>];
      const shared = [...gained].filter(([model]) => base.has(model));
      return new Map(shared.map(([model, value]) => [model, value - base.get(model)!]));
    }) as [Map<number, number>, Map<number, number>];
    const models = [...treated.keys()].filter((model) => control.has(model));
    if (models.length < 2) {
      throw new RangeError(`Cannot work out a mediation over ${models.length} models: it takes two`);
    }
    const [t, c] = [treated, control].map((gains) => models.map((model) => gains.get(model)!)) as [number[], number[]];
    const ratio = ratioOfMeans(t, c);
    const left = meanInterval(c).value > 0 ? ratio : { ...ratio, low: NaN, high: NaN };
    const about = { measure: nameOf(of), n: models.length };
    return metricsOf([
      { ...about, metric: "gain", slice: "treated", ...meanInterval(t) },
      { ...about, metric: "gain", slice: "control", ...meanInterval(c) },
      { ...about, metric: "gain taken away", slice: "all", ...meanInterval(c.map((value, i) => value - t[i]!)) },
      {
        ...about,
        metric: "mediated share",
        slice: "all",
        value: 1 - left.value,
        low: 1 - left.high,
        high: 1 - left.low,
      },
    ]);
  },
});

/**
 * `mean(a) / mean(b)` of pairs, with Fieller's 95 % interval: all ratios r for which the mean of `a - r b` is not told
 * from 0 by Student's t. NaN ends where that is no interval, that is where the mean of b is not told from 0.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ratioOfMeans } from "engram/stages/stats/mediation.ts";
 * const { value, low, high } = ratioOfMeans([1, 1.1, 0.9], [2, 2.1, 2]);
 * assert(Math.abs(value - 3 / 6.1) < 1e-12 && low < value && high > value);
 * ```
 */
export function ratioOfMeans(a: readonly number[], b: readonly number[]): Interval {
  const n = a.length;
  const [ma, mb] = [mean(a), mean(b)];
  const t2 = studentt.inv(0.975, n - 1) ** 2 / n;
  const covariance = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, i) => sum + (value - mean(x)) * (y[i]! - mean(y)), 0) / (n - 1);
  // (ma - r mb)² = t² (Vaa - 2 r Vab + r² Vbb): a parabola in r.
  const [A, B, C] = [mb ** 2 - t2 * covariance(b, b), ma * mb - t2 * covariance(a, b), ma ** 2 - t2 * covariance(a, a)];
  const root = Math.sqrt(B ** 2 - A * C);
  const bounded = A > 0 && Number.isFinite(root);
  return { value: ma / mb, low: bounded ? (B - root) / A : NaN, high: bounded ? (B + root) / A : NaN };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
