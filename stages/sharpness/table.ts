/** @file table: sharpness of several zoos side by side, and their paired differences to one of them. */
import { z } from "zod";
import { named, stage } from "../../dsl/mod.ts";
import { Metrics, Table } from "../artifacts/mod.ts";
import { NO_NUMBER } from "../report/cells.ts";
import { csv } from "../report/csv.ts";
import { capitalized, labelOf } from "../report/labels.ts";
import { latex } from "../report/latex.ts";
import type { Layout, LayoutCell } from "../report/layout.ts";
import { markdown } from "../report/markdown.ts";
import { groupsOf, type Measurement, measurements, single } from "../report/measurements.ts";
import { report } from "../report/rows.ts";
import { holm } from "../stats/multiplicity.ts";
import { type Difference, pairedDifference } from "../stats/paired.ts";

/**
 * A row a group (an optimizer), a column a metric: means over models [95 % interval], in the metrics' own units; below, a
 * row a group with its differences to `reference`, paired by mask, in bold where Holm's p-value over all differences of the
 * table is at most 0.05. Formats: `md`, `tex`, and `csv`, which has every number of every model.
 *
 * @throws RangeError when no wanted metric is among the inputs, or groups have other numbers of models.
 *
 * @example
 * ```ts
 * import type { MetricsNode } from "engram/stages/report/mod.ts";
 * import * as sharpness from "engram/stages/sharpness/mod.ts";
 * function graph(rows: Record<"sgd" | "sam", MetricsNode[]>) {
 *   return { table: sharpness.table(rows, { reference: "sgd", labels: { sgd: "SGD", sam: "SAM" } }) };
 * }
 * ```
 */
export const table = report(stage({
  name: "sharpness-table",
  doc: "Sharpness by optimizer, with paired differences to one of them",
  inputs: { metrics: named(Metrics) },
  params: z.object({
    groups: z.array(z.string()).min(1).readonly().optional()
      .describe("Rows, top to bottom; in TypeScript, the order of the record by default, in YAML that of the names"),
    metrics: z.array(z.string()).min(1).optional().describe("Which metrics become columns; all by default"),
    reference: z.string().optional().describe("The group that the others are compared with; none by default"),
    digits: z.int().min(1).max(10).default(3).describe("Significant digits of a number"),
    heading: z.string().default("Optimizer").describe("What a group is"),
    labels: z.record(z.string(), z.string()).default({}).describe("What to show for groups and metrics"),
    caption: z.string().default("Sharpness of trained models").describe("First words of the caption"),
    name: z.string().regex(/^[\w:.-]*$/).default("").describe("What \\ref finds the table by, in LaTeX"),
  }),
  output: Table,
  async run({ metrics }, { reference, digits, heading, labels, caption, name, ...params }) {
    const groups = groupsOf(metrics, params.groups);
    const all = measurements(metrics, groups).filter((m) => m.slice === "all" && m.queries === 0);
    const known = [...new Set(all.map((m) => m.metric))];
    const columns = params.metrics?.filter((metric) => known.includes(metric)) ?? known;
    if (columns.length === 0) {
      throw new RangeError(`Cannot make a table of ${params.metrics?.join(", ")}: known are ${known.join(", ")}`);
    }
    const others = reference === undefined ? [] : groups.filter((group) => group !== reference);
    if (reference !== undefined) groupsOf(metrics, [reference]);
    const differences = others.map((group) =>
      columns.map((metric) => difference(perModel(all, group, metric), perModel(all, reference!, metric)))
    );
    const corrected = holm(differences.flat().map((cell) => cell?.p ?? NaN));
    const number = (value: number) => text(value, digits);
    const rows = groups.map((group) => ({
      label: labelOf(group, labels),
      cells: columns.map((metric): LayoutCell => {
        const mean = single(all.filter((m) => m.group === group && m.metric === metric && m.model === -1));
        return { text: cell(mean, number), standing: "other" };
      }),
    }));
    const tests = corrected.filter((p) => !Number.isNaN(p)).length;
    const layout: Layout = {
      headers: [[heading], ...columns.map((metric) => [capitalized(labelOf(metric, labels))])],
      rows: [
        ...rows,
        ...others.map((group, row) => ({
          label: `${labelOf(group, labels)} − ${labelOf(reference!, labels)}`,
          cells: differences[row]!.map((found, column): LayoutCell => ({
            text: cell(found, number),
            standing: corrected[row * columns.length + column]! <= 0.05 ? "best" : "other",
          })),
        })),
      ],
      caption: [
        `${caption}: mean over models [its 95 % interval].`,
        ...(others.length === 0 ? [] : [
          `Differences are paired by mask; bold: p at most 0.05 after Holm's correction for ${tests} tests.`,
        ]),
      ],
    };
    return { extension: ["md", "csv", "tex"], content: [await markdown(layout), csv(all), latex(layout, name)] };
  },
}));

/** The values of single models, by their index. */
function perModel(all: readonly Measurement[], group: string, metric: string): Map<number, number> {
  const own = all.filter((m) => m.group === group && m.metric === metric && m.model >= 0);
  return new Map(own.map((m) => [m.model, m.value]));
}

function difference(of: Map<number, number>, from: Map<number, number>): Difference | undefined {
  if (of.size === 0 || from.size === 0) return undefined;
  const indices = [...from.keys()].sort((a, b) => a - b);
  return pairedDifference(
    [...of.keys()].sort((a, b) => a - b).map((index) => of.get(index)!),
    indices.map((index) => from.get(index)!),
  );
}

function cell(
  found: { value: number; low: number; high: number } | undefined,
  number: (value: number) => string,
): string {
  if (found === undefined || Number.isNaN(found.value)) return NO_NUMBER;
  if (Number.isNaN(found.low)) return number(found.value);
  return `${number(found.value)} [${number(found.low)}, ${number(found.high)}]`;
}

function text(value: number, digits: number): string {
  return String(Number(value.toPrecision(digits))).replace("-", "−");
}
