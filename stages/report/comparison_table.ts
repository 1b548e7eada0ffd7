/** @file The table of paired differences: each group against the reference, corrected for the number of tests. */
import { stringify } from "csv-stringify/sync";
import { z } from "zod";
import { stage, type Value } from "../../dsl/mod.ts";
import { Comparisons, Table } from "../artifacts/mod.ts";
import { NO_NUMBER, percent } from "./cells.ts";
import { labelOf, type Labels, titleOf } from "./labels.ts";
import { latex } from "./latex.ts";
import type { Layout, LayoutCell } from "./layout.ts";
import { markdown } from "./markdown.ts";
import { metricTitle } from "./metric_titles.ts";

/**
 * A row an attack (or measure), slice and group, a column a metric: the difference to the reference in percentage points with its interval
 * and Holm's p-value. Bold: p at most `level` after Holm's correction over the whole table. Formats: `md`, `tex`, `csv`.
 *
 * @example
 * ```ts
 * import * as report from "engram/stages/report/mod.ts";
 * import * as stats from "engram/stages/stats/mod.ts";
 * function graph(attacks: Record<"sgd" | "sam", { lira: stats.AttackNode }>) {
 *   const comparisons = stats.compareAttacks({ attacks: stats.byGroup(attacks) }, { reference: "sgd" });
 *   return { differences: report.comparisonTable({ comparisons }) };
 * }
 * ```
 */
export const comparisonTable = stage({
  name: "comparison-table",
  doc: "Paired differences of groups to a reference, with intervals and p-values corrected by Holm",
  inputs: { comparisons: Comparisons },
  params: z.object({
    level: z.number().gt(0).lt(1).default(0.05).describe("Largest corrected p-value that is bold"),
    decimals: z.int().min(0).max(6).default(2).describe("Decimals of differences"),
    percent: z.boolean().default(true).describe("Show fractions in percentage points; false: numbers as they are"),
    first: z.string().default("Attack").describe("What the first column is about: attacks, or measures"),
    resampled: z.enum(["models and examples", "models"]).default("models and examples").describe(
      'What intervals are over: of stats.compareAttacks "models and examples", of stats.compareMeasures "models"',
    ),
    heading: z.string().default("Optimizer").describe("What a group is"),
    labels: z.record(z.string(), z.string()).default({}).describe("What to show for groups, attacks and metrics"),
    reference: z.string().regex(/^[\w:.-]*$/).default("").describe("What \\ref finds the table by, in LaTeX"),
  }),
  output: Table,
  async run({ comparisons: c }, { level, decimals, percent: inPercent, first, resampled, heading, labels, reference }) {
    const at = [...c.value.keys()];
    const metrics = [...new Set(c.metric)];
    const rows = Map.groupBy(at, (i) => JSON.stringify([c.attack[i], c.threat[i], c.slice[i], c.group[i]]));
    function cell(members: readonly number[], metric: string): LayoutCell {
      const i = members.find((i) => c.metric[i] === metric);
      if (i === undefined) return { text: NO_NUMBER, standing: "other" };
      const [value, low, high] = [c.value, c.low, c.high].map((column) =>
        percent(column[i]! / (inPercent ? 1 : 100), decimals)
      );
      const p = c.holm[i]!;
      const text = Number.isNaN(p) ? value! : `${value} [${low}, ${high}], p ${pText(p)}`;
      return { text, standing: p <= level ? "best" : "other" };
    }
    const layout: Layout = {
      headers: [[first], [heading], ...metrics.map((metric) => [metricTitle(metric, labels)])],
      rows: [...rows.values()].map((members) => ({
        label: rowTitle(c.attack[members[0]!]!, c.slice[members[0]!]!, labels),
        cells: [
          {
            text: `${labelOf(c.group[members[0]!]!, labels)} − ${labelOf(c.reference[members[0]!]!, labels)}`,
            standing: "other",
          },
          ...metrics.map((metric) => cell(members, metric)),
        ],
      })),
      caption: [
        `Differences${inPercent ? " in percentage points" : ""} [95 % interval over ${resampled}], paired by ${
          resampled === "models" ? "model" : "model and example"
        }.`,
        `p: after Holm's correction for ${at.length} tests; bold: at most ${level}.`,
      ],
    };
    return { extension: ["md", "csv", "tex"], content: [await markdown(layout), csv(c), latex(layout, reference)] };
  },
});

/** What a row is about; the slice is told unless it is everything. */
function rowTitle(attack: string, slice: string, labels: Labels): string {
  const title = titleOf(attack, labels);
  return slice === "all" ? title : `${title}, ${labelOf(slice, labels)}`;
}

function pText(p: number): string {
  return p < 0.001 ? "below 0.001" : `= ${p.toFixed(3)}`;
}

function csv(comparisons: Value<typeof Comparisons>): string {
  const columns = Object.keys(comparisons) as (keyof typeof comparisons)[];
  const records = [...comparisons.value.keys()].map((i) => columns.map((column) => comparisons[column][i]));
  return stringify([columns, ...records], { record_delimiter: "windows" });
}
