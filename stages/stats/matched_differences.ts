/** @file Differences at matched accuracy: each model against the one of a sweep that comes closest to it. */
import { z } from "zod";
import { didYouMean, named, stage } from "../../dsl/mod.ts";
import { Comparisons, Metrics } from "../artifacts/mod.ts";
import { comparisonsOf } from "./comparisons_of.ts";
import { pairedDifference } from "./paired.ts";
import { type Point, pointsOf, quantity } from "./points.ts";

/**
 * For every model of the reference zoo, the model of the same index among all other zoos (a sweep: SAM stopped after 2, 5,
 * 10 … epochs) whose `match` is closest to its own; of equally close ones that of the first zoo in order of name. The mean
 * over models of the differences in `of`, and in `match` itself: what the match left. Student's interval and p-value,
 * paired by model; `holm` and `bh` correct over the rows. `group` is the parameter of that name.
 *
 * @throws RangeError when the reference is no zoo, or there is no other.
 *
 * @example
 * ```ts
 * import * as report from "engram/stages/report/mod.ts";
 * import * as stats from "engram/stages/stats/mod.ts";
 * function graph(rows: Record<"sgd" | "sam 5" | "sam 10", { accuracy: report.MetricsNode; attack: report.MetricsNode }>) {
 *   return stats.matchedDifferences({ metrics: report.flatten(rows) }, {
 *     reference: "sgd",
 *     group: "sam",
 *     match: { metric: "test accuracy" },
 *     of: [{ measure: "confidence attack", metric: "auc" }],
 *   });
 * }
 * ```
 */
export const matchedDifferences = stage({
  name: "matched-differences",
  doc: "Differences between models of a reference and those of a sweep that match them best in a number",
  inputs: { metrics: named(Metrics) },
  params: z.object({
    reference: z.string().describe("The zoo whose models are matched"),
    group: z.string().describe("What the matches are called"),
    match: quantity.describe("What must be alike"),
    of: z.array(quantity).min(1).describe("What is compared"),
  }),
  output: Comparisons,
  run({ metrics }, { reference, group, match, of }, context) {
    const points = pointsOf(metrics, [match, ...of]);
    const own = points.filter((point) => point.group === reference);
    if (own.length === 0) {
      throw new RangeError(
        `Cannot match models of "${reference}", it has none: ${
          didYouMean(reference, new Set(points.map((point) => point.group)))
        }`,
      );
    }
    const pairs = own.map((model) =>
      [model, closest(model, points.filter((point) => point.group !== reference))] as const
    );
    const counts = Map.groupBy(pairs, ([, found]) => found.group);
    context.log(`Matched with ${[...counts].map(([name, all]) => `"${name}" (${all.length})`).join(", ")}`);
    const rows = [match, ...of].map((about, at) => ({
      attack: about.name ?? about.measure ?? "matched",
      metric: about.metric ?? "",
      slice: about.slice,
      group,
      models: pairs.length,
      ...pairedDifference(pairs.map(([, found]) => found.values[at]!), pairs.map(([model]) => model.values[at]!)),
    }));
    return comparisonsOf(rows, reference);
  },
});

function closest(model: Point, others: readonly Point[]): Point {
  const candidates = others.filter((point) => point.model === model.model);
  const distance = (point: Point) => Math.abs(point.values[0]! - model.values[0]!);
  const best = candidates.toSorted((a, b) => distance(a) - distance(b) || (a.group < b.group ? -1 : 1))[0];
  if (best === undefined) {
    throw new RangeError(`Cannot match model ${model.model}: no other zoo has a model of its index`);
  }
  return best;
}
