/** @file The table of a matrix of numbers in their own units: correlations, coefficients, slices by groups. */
import { z } from "zod";
import { named, stage } from "../../dsl/mod.ts";
import { Metrics, Table } from "../artifacts/mod.ts";
import { hasInterval, NO_NUMBER } from "./cells.ts";
import { csv } from "./csv.ts";
import { choiceParams, chosen, field, fieldOf, single } from "./fields.ts";
import { capitalized, labelOf } from "./labels.ts";
import { latex } from "./latex.ts";
import type { Layout, LayoutCell } from "./layout.ts";
import { markdown } from "./markdown.ts";
import { groupsOf, type Measurement, measurements } from "./measurements.ts";
import { report } from "./rows.ts";

/**
 * What `report.heatMap` draws, as a table: a row and a column a name, means over models with their 95 % intervals, as
 * they are (no per cent). Formats: `md`, `tex`, and `csv`, which has every number of every input.
 *
 * @throws RangeError when nothing fits, or two numbers that differ fall into one cell.
 *
 * @example
 * ```ts
 * import * as report from "engram/stages/report/mod.ts";
 * function graph(budget: report.MetricsNode) {
 *   return { table: report.matrix({ budget }, { rows: "slice", columns: "metric" }) };
 * }
 * ```
 */
export const matrix = report(stage({
  name: "matrix",
  doc: "A table of numbers in their own units, with intervals",
  inputs: { metrics: named(Metrics) },
  params: z.object({
    groups: z.array(z.string()).min(1).readonly().optional()
      .describe("Which groups, in order; in TypeScript, that of the record by default, in YAML that of the names"),
    ...choiceParams,
    rows: field.default("measure").describe("Which name a row is of"),
    columns: field.default("slice").describe("Which name a column is of"),
    decimals: z.int().min(0).max(6).default(2),
    heading: z.string().default("").describe("Header of the first column"),
    labels: z.record(z.string(), z.string()).default({}).describe("What to show for names"),
    caption: z.array(z.string()).default([]).describe("Sentences below the table"),
    reference: z.string().regex(/^[\w:.-]*$/).default("").describe("What \\ref finds the table by, in LaTeX"),
  }),
  output: Table,
  async run({ metrics }, { rows, columns, decimals, heading, labels, caption, reference, ...params }) {
    const all = measurements(metrics, groupsOf(metrics, params.groups));
    const found = chosen(all, params);
    if (found.length === 0) throw new RangeError("Cannot make a table of nothing: no measurement fits");
    const names = (axis: typeof rows) => [...new Set(found.map((m) => fieldOf(m, axis)))];
    function cell(row: string, column: string): LayoutCell {
      const m = single(found.filter((m) => fieldOf(m, rows) === row && fieldOf(m, columns) === column), rows, columns);
      return { text: m === undefined ? NO_NUMBER : text(m, decimals), standing: "other" };
    }
    const layout: Layout = {
      headers: [[heading], ...names(columns).map((name) => [capitalized(labelOf(name, labels))])],
      rows: names(rows).map((row) => ({
        label: capitalized(labelOf(row, labels)),
        cells: names(columns).map((column) => cell(row, column)),
      })),
      caption: [...caption, ...(found.some(hasInterval) ? ["In brackets: the 95 % interval."] : [])],
    };
    return { extension: ["md", "csv", "tex"], content: [await markdown(layout), csv(all), latex(layout, reference)] };
  },
}));

function text(m: Measurement, decimals: number): string {
  const number = (value: number) => value.toFixed(decimals).replace(/^-(0\.?0*)$/, "$1").replace("-", "−");
  if (Number.isNaN(m.value)) return NO_NUMBER;
  return hasInterval(m) ? `${number(m.value)} [${number(m.low)}, ${number(m.high)}]` : number(m.value);
}
