/** @file Paired comparison of any numbers about models of zoos that share masks: accuracy, sharpness, success of attacks. */
import { z } from "zod";
import { didYouMean, named, stage } from "../../dsl/mod.ts";
import { Comparisons, Metrics } from "../artifacts/mod.ts";
import { comparisonsOf } from "./comparisons_of.ts";
import { type Difference, pairedDifference } from "./paired.ts";
import { byModel, type MetricRow, only, rowsOf } from "./rows.ts";

/**
 * For every measure, metric and slice, each other group minus the reference: the mean over models of the difference,
 * paired by the model's index ({@link pairedDifference}). A group is the first part of an input's name, so that
 * `{ sgd, "sam/accuracy": a, "sam/byBucket": b }` are two groups. `attack` of the result is the measure.
 *
 * Intervals are over models (training sets and seeds) for the examples at hand; `stats.compareAttacks` also resamples
 * examples. `holm` and `bh` correct over all rows of the result: wire all tests of a table into one call. Models whose
 * number is NaN on a side are left out.
 *
 * @throws RangeError when the reference has no such rows, or two groups have other models.
 *
 * @example
 * ```ts
 * import * as report from "engram/stages/report/mod.ts";
 * import * as stats from "engram/stages/stats/mod.ts";
 * function graph(rows: Record<"sgd" | "sam", { accuracy: report.MetricsNode; byBucket: report.MetricsNode }>) {
 *   const metrics = report.flatten(rows);
 *   return { gain: stats.compareMeasures({ metrics }, { reference: "sgd", metrics: ["test accuracy"] }) };
 * }
 * ```
 */
export const compareMeasures = stage({
  name: "compare-measures",
  doc: "Paired differences between groups in any numbers about models, with intervals and corrected p-values",
  inputs: { metrics: named(Metrics) },
  params: z.object({
    reference: z.string().describe("The group that the others are compared with"),
    measures: z.array(z.string()).min(1).optional().describe("Which measures; all by default"),
    metrics: z.array(z.string()).min(1).optional().describe("Which metrics; all by default"),
    slices: z.array(z.string()).min(1).optional().describe("Which slices; all by default"),
  }),
  output: Comparisons,
  run({ metrics }, { reference, measures, metrics: wanted, slices }) {
    const all = rowsOf(metrics);
    const groups = new Set(all.map(({ group }) => group));
    if (!groups.has(reference)) {
      throw new RangeError(
        `Cannot compare with group "${reference}", it has no metrics: ${didYouMean(reference, groups)}`,
      );
    }
    const chosen = only(only(only(all, "measure", measures), "metric", wanted), "slice", slices)
      .filter(({ model }) => model >= 0);
    const cells = Map.groupBy(chosen, cellOf);
    const rows = [...cells.values()].flatMap((cell) => {
      const base = byModel(cell.filter(({ group }) => group === reference));
      const others = [...new Set(cell.map(({ group }) => group))].filter((group) => group !== reference);
      return others.map((group) => {
        const own = byModel(cell.filter((row) => row.group === group));
        const { measure: attack, threat, metric, slice } = cell[0]!;
        return { attack, threat, metric, slice, group, ...difference(own, base, cell[0]!, group, reference) };
      });
    });
    if (rows.length === 0) throw new RangeError(`Nothing to compare with "${reference}": wire another group`);
    return comparisonsOf(rows, reference);
  },
});

function cellOf({ measure, metric, slice, queries, threat }: MetricRow): string {
  return JSON.stringify([measure, metric, slice, queries, threat]);
}

function difference(
  own: ReadonlyMap<number, number>,
  base: ReadonlyMap<number, number>,
  { measure, metric, slice }: MetricRow,
  group: string,
  reference: string,
): Difference & { readonly models: number } {
  const what = `"${measure}", "${metric}", "${slice}"`;
  const unpaired = [...own.keys()].find((model) => !base.has(model)) ?? [...base.keys()].find((m) => !own.has(m));
  if (unpaired !== undefined) {
    throw new RangeError(
      `Cannot pair "${group}" with "${reference}" in ${what}: only one of them has model ${unpaired}; measure zoos of ` +
        `the same masks`,
    );
  }
  const indices = [...own.keys()].filter((m) => Number.isFinite(own.get(m)) && Number.isFinite(base.get(m)));
  if (indices.length === 0) return { value: NaN, low: NaN, high: NaN, p: NaN, models: 0 };
  const paired = pairedDifference(indices.map((m) => own.get(m)!), indices.map((m) => base.get(m)!));
  return { ...paired, models: indices.length };
}
