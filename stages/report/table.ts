/** @file The table of an experiment: a row a group (an optimizer), a column a measure, best and tied values marked. */
import { z } from "zod";
import { named, stage, type StageContext } from "../../dsl/mod.ts";
import { Metrics, Table } from "../artifacts/mod.ts";
import { captionOf } from "./caption.ts";
import { cellText, intervalStyle } from "./cells.ts";
import { type Column, columnsOf } from "./columns.ts";
import { csv } from "./csv.ts";
import { headersOf, labelOf } from "./labels.ts";
import { latex } from "./latex.ts";
import type { Layout } from "./layout.ts";
import { markdown } from "./markdown.ts";
import { groupsOf, type Measurement, measurements } from "./measurements.ts";
import { report } from "./rows.ts";

const tableParams = z.object({
  groups: z.array(z.string()).min(1).readonly().optional()
    .describe("Rows, top to bottom; in TypeScript, the order of the record by default, in YAML that of the names"),
  metrics: z.array(z.string()).min(1).default(["test accuracy", "train accuracy", "balanced accuracy"])
    .describe("Which metrics become columns"),
  slice: z.string().default("all").describe('What the numbers are on: "all", "bucket 1" …'),
  decimals: z.int().min(0).max(6).default(2).describe("Decimals of numbers in per cent"),
  plain: z.array(z.string()).default([]).describe("Metrics that are no fractions, such as epsilon: shown as they are"),
  heading: z.string().default("Optimizer").describe("Header of the first column: what a group is"),
  labels: z.record(z.string(), z.string()).default({}).describe("What to show for groups, measures and metrics"),
  caption: z.string().default("Accuracy, and success of membership inference").describe(
    "First sentence of the caption",
  ),
  reference: z.string().regex(/^[\w:.-]*$/).default("").describe("What \\ref finds the table by, in LaTeX"),
});

/**
 * A table with a row a group and a column a measure and metric; the numbers are means over models with their 95 %
 * intervals. `rows` is what `each()` returned: metrics in records and lists, as deep as one likes.
 *
 * The best number of a column is bold: the highest accuracy on unseen data, the lowest success of an attack. Numbers
 * whose intervals overlap the best's are marked as ties (`standings()` says exactly how). Formats: `md`, `tex` (for
 * booktabs), and `csv`, which has every number of every input: all metrics, slices and models.
 *
 * @throws RangeError when no wanted metric is among the inputs, or two inputs disagree about one number.
 *
 * @example
 * ```ts
 * import { each } from "engram/dsl/mod.ts";
 * import * as report from "engram/stages/report/mod.ts";
 * function graph(accuracies: Record<string, report.MetricsNode>, attacks: Record<string, report.MetricsNode[]>) {
 *   const rows = each(accuracies, (accuracy, name) => ({ accuracy, attacks: attacks[name] ?? [] }));
 *   return { table: report.table(rows, { labels: { sgd: "SGD", sam: "SAM" } }) };
 * }
 * ```
 */
export const table = report(stage({
  name: "table",
  doc: "A row a group, a column a measure: means over models with intervals; best and tied values marked",
  inputs: { metrics: named(Metrics) },
  params: tableParams,
  output: Table,
  async run({ metrics }, params, context) {
    const groups = groupsOf(metrics, params.groups);
    const all = measurements(metrics, groups);
    const columns = columnsOf(all, groups, params.metrics, params.slice);
    logMissing(params.metrics, all, context);
    const layout = layoutOf(groups, columns, params);
    return {
      extension: ["md", "csv", "tex"],
      content: [await markdown(layout), csv(all), latex(layout, params.reference)],
    };
  },
}));

function layoutOf(
  groups: readonly string[],
  columns: readonly Column[],
  params: z.output<typeof tableParams>,
): Layout {
  const { decimals, heading, labels, caption } = params;
  const plain = params.plain.filter((name) => columns.some(({ metric }) => metric === name));
  const style = intervalStyle(columns.flatMap((column) => column.cells).filter((cell) => cell !== undefined), decimals);
  return {
    headers: [[heading], ...headersOf(columns, labels)],
    rows: groups.map((group, row) => ({
      label: labelOf(group, labels),
      cells: columns.map(({ cells, standings, metric }) => ({
        text: cellText(plain.includes(metric) ? scaled(cells[row], 0.01) : cells[row], style, decimals),
        standing: standings[row]!,
      })),
    })),
    caption: [
      ...captionOf(caption, columns, style, labels),
      ...(plain.length === 0 ? [] : [`Not in per cent: ${plain.map((name) => labelOf(name, labels)).join(", ")}.`]),
    ],
  };
}

function scaled(cell: Measurement | undefined, factor: number): Measurement | undefined {
  return cell && { ...cell, value: factor * cell.value, low: factor * cell.low, high: factor * cell.high };
}

function logMissing(wanted: readonly string[], all: readonly Measurement[], context: StageContext): void {
  const known = new Set(all.map((m) => m.metric));
  for (const metric of wanted.filter((name) => !known.has(name))) {
    context.log(`No column for "${metric}": it was not measured; known: ${[...known].sort().join(", ")}`);
  }
}
