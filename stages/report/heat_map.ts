/** @file The figure of a matrix of numbers: correlations between scores, a grid of cells. */
import { z } from "zod";
import { named, stage } from "../../dsl/mod.ts";
import { Figure, Metrics } from "../artifacts/mod.ts";
import { choiceParams, chosen, field, fieldOf, single } from "./fields.ts";
import { type HeatCell, heatSpec } from "./heat_spec.ts";
import { labelOf } from "./labels.ts";
import { groupsOf, type Measurement, measurements } from "./measurements.ts";
import { renderSvg } from "./render.ts";
import { report } from "./rows.ts";

/**
 * A cell a pair of names: `rows` and `columns` say which names of a measurement (means over models only) stand on which
 * axis, in the order in which they occur. A cell shows its number and, in a second line, its 95 % interval. What is left
 * out of both axes must not vary: choose with `measures`, `metrics`, `slices`. Colours run from blue to orange around
 * `middle`, or are one-sided; both can be told apart without colour vision.
 *
 * Formats: `svg`, and `vl.json`, the Vega-Lite specification with its data.
 *
 * @throws RangeError when nothing fits, or two numbers that differ fall into one cell.
 *
 * @example
 * ```ts
 * import * as report from "engram/stages/report/mod.ts";
 * function graph(agreement: report.MetricsNode) {
 *   return report.heatMap({ agreement }, { rows: "measure", columns: "slice", metrics: ["spearman"], middle: 0 });
 * }
 * ```
 */
export const heatMap = report(stage({
  name: "heat-map",
  doc: "A matrix of numbers as coloured cells, with their intervals",
  inputs: { metrics: named(Metrics) },
  params: z.object({
    groups: z.array(z.string()).min(1).readonly().optional()
      .describe("Which groups, in order; in TypeScript, that of the record by default, in YAML that of the names"),
    ...choiceParams,
    rows: field.default("measure").describe("Which name stands at the left"),
    columns: field.default("slice").describe("Which name stands at the bottom"),
    middle: z.number().optional().describe("Colours diverge from it; without it they are one-sided"),
    range: z.tuple([z.number(), z.number()]).optional().describe(
      "Values of the darkest colours; the data's by default",
    ),
    percent: z.boolean().default(false).describe("Show fractions in per cent"),
    decimals: z.int().min(0).max(6).default(2),
    intervals: z.boolean().default(true).describe("Whether cells show their intervals"),
    labels: z.record(z.string(), z.string()).default({}).describe("What to show for names"),
    title: z.string().default("").describe("The figure's title"),
    subtitle: z.array(z.string()).default([]).describe("Sentences below the title"),
    axes: z.object({ rows: z.string().default(""), columns: z.string().default("") }).prefault({})
      .describe("Titles of the axes"),
    legend: z.string().default("").describe("What the numbers are"),
  }),
  output: Figure,
  async run({ metrics }, { rows, columns, labels, percent, ...params }) {
    const groups = groupsOf(metrics, params.groups);
    const found = chosen(measurements(metrics, groups), params);
    if (found.length === 0) throw new RangeError(`Cannot draw a heat map of nothing: no measurement fits`);
    const cells = [...Map.groupBy(found, (m) => JSON.stringify([fieldOf(m, rows), fieldOf(m, columns)])).values()]
      .map((members): HeatCell => cellOf(members, percent ? 100 : 1));
    function cellOf(members: readonly Measurement[], factor: number): HeatCell {
      const m = single(members, rows, columns)!;
      const [value, low, high] = [m.value, m.low, m.high].map((x) => Number.isNaN(x) ? null : factor * x);
      const place = { row: labelOf(fieldOf(m, rows), labels), column: labelOf(fieldOf(m, columns), labels) };
      return { ...place, value: value!, low: low!, high: high! };
    }
    const spec = heatSpec({ ...params, cells });
    return { extension: ["svg", "vl.json"], content: [await renderSvg(spec), `${JSON.stringify(spec, null, 2)}\n`] };
  },
}));
