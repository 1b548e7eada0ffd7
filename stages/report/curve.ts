/** @file The figure of numbers along a quantity: correlation against models, accuracy against rho. */
import { z } from "zod";
import { named, stage } from "../../dsl/mod.ts";
import { Figure, Metrics } from "../artifacts/mod.ts";
import { type CurvePoint, curveSpec } from "./curve_spec.ts";
import { choiceParams, chosen, field, fieldOf } from "./fields.ts";
import { labelOf } from "./labels.ts";
import { groupsOf, measurements } from "./measurements.ts";
import { renderSvg } from "./render.ts";
import { report } from "./rows.ts";

/**
 * A line a name in the field `lines`, over the number in the field `x` (the last one in its text: 16 of `16 models` and
 * of `rho=16`), means over models, with a band for the 95 % interval. A line whose field `x` has no number is a
 * horizontal reference. What is on neither axis must not vary: choose with `measures`, `metrics`, `slices`.
 *
 * Formats: `svg`, and `vl.json`, the Vega-Lite specification with its data.
 *
 * @throws RangeError when nothing fits, or a line has two numbers at one place.
 *
 * @example
 * ```ts
 * import * as report from "engram/stages/report/mod.ts";
 * function graph(budget: report.MetricsNode) {
 *   return report.curve({ budget }, { x: "slice", lines: "measure", metrics: ["spearman"], log: true });
 * }
 * ```
 */
export const curve = report(stage({
  name: "curve",
  doc: "Lines of numbers along a quantity, with bands of their intervals",
  inputs: { metrics: named(Metrics) },
  params: z.object({
    groups: z.array(z.string()).min(1).readonly().optional()
      .describe("Which groups, in order; in TypeScript, that of the record by default, in YAML that of the names"),
    ...choiceParams,
    x: field.default("slice").describe("In which name the number of the horizontal axis stands"),
    lines: field.default("group").describe("Which name a line is of"),
    log: z.boolean().default(false).describe("Whether the horizontal axis is logarithmic"),
    percent: z.boolean().default(false).describe("Show fractions in per cent"),
    zero: z.boolean().default(false).describe("Whether the vertical axis begins at 0"),
    labels: z.record(z.string(), z.string()).default({}).describe("What to show for names"),
    title: z.string().default("").describe("The figure's title"),
    subtitle: z.array(z.string()).default([]).describe("Sentences below the title"),
    axes: z.object({ x: z.string().default(""), y: z.string().default("") }).prefault({}).describe(
      "Titles of the axes",
    ),
    heading: z.string().default("").describe("Header of the legend: what a line is"),
  }),
  output: Figure,
  async run({ metrics }, { x, lines, labels, percent, ...params }) {
    const groups = groupsOf(metrics, params.groups);
    const found = chosen(measurements(metrics, groups), params).filter((m) => !Number.isNaN(m.value));
    if (found.length === 0) throw new RangeError(`Cannot draw a curve of nothing: no measurement fits`);
    const factor = percent ? 100 : 1;
    const points = found.map((m): CurvePoint => {
      const [low, high] = [m.low, m.high].map((end) => Number.isNaN(end) ? null : factor * end);
      const place = { line: labelOf(fieldOf(m, lines), labels), x: numberIn(fieldOf(m, x)) };
      return { ...place, value: factor * m.value, low: low!, high: high! };
    });
    checkOnce(points);
    const spec = curveSpec({ ...params, points });
    return { extension: ["svg", "vl.json"], content: [await renderSvg(spec), `${JSON.stringify(spec, null, 2)}\n`] };
  },
}));

/** The last number of a text; null without one. */
function numberIn(text: string): number | null {
  const last = text.match(/-?\d+(\.\d+)?(e-?\d+)?/gi)?.at(-1);
  return last === undefined ? null : Number(last);
}

function checkOnce(points: readonly CurvePoint[]): void {
  for (const members of Map.groupBy(points, (point) => JSON.stringify([point.line, point.x])).values()) {
    if (members.length > 1) {
      const [{ line, x }] = members as [CurvePoint];
      throw new RangeError(
        `Cannot draw ${members.length} numbers of "${line}" at ${
          x ?? "no place"
        }: choose one of their measures, metrics ` +
          `or slices, or make each a line`,
      );
    }
  }
}
