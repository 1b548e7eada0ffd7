/** @file The figure of two numbers against each other: attack against test accuracy, a point a defence or a model. */
import { z } from "zod";
import { named, stage } from "../../dsl/mod.ts";
import { Figure, Metrics } from "../artifacts/mod.ts";
import { fitting, pointsOf, type Quantity, quantity } from "../stats/points.ts";
import { labelOf } from "./labels.ts";
import { groupsOf, type Measurement, measurements, type NamedMetrics, single } from "./measurements.ts";
import { renderSvg } from "./render.ts";
import { report } from "./rows.ts";
import { type ScatterPoint, scatterSpec } from "./scatter_spec.ts";

/**
 * A point a group, its mean over models with the 95 % intervals of both numbers and its label beside it; or, with
 * `points: "models"`, a point a model of every group. Groups that `families` puts together have one colour and shape,
 * which a legend names.
 *
 * Formats: `svg`, and `vl.json`, the Vega-Lite specification with its data.
 *
 * @throws RangeError when no group has both numbers, or one of them twice.
 *
 * @example
 * ```ts
 * import * as report from "engram/stages/report/mod.ts";
 * function graph(rows: Record<string, report.MetricsNode[]>) {
 *   const [x, y] = [{ metric: "test accuracy" }, { measure: "LiRA online", metric: "auc" }];
 *   return { frontier: report.scatter(rows, { x, y, percent: true }) };
 * }
 * ```
 */
export const scatter = report(stage({
  name: "scatter",
  doc: "Two numbers against each other, a point a group with its intervals, or a point a model",
  inputs: { metrics: named(Metrics) },
  params: z.object({
    groups: z.array(z.string()).min(1).readonly().optional()
      .describe("Which groups, in order; in TypeScript, that of the record by default, in YAML that of the names"),
    x: quantity,
    y: quantity,
    points: z.enum(["groups", "models"]).default("groups").describe("What a point is"),
    families: z.record(z.string(), z.string()).default({}).describe("Which groups have one colour, by group"),
    percent: z.boolean().default(false).describe("Show fractions in per cent"),
    labels: z.record(z.string(), z.string()).default({}).describe("What to show for groups"),
    title: z.string().default("").describe("The figure's title"),
    subtitle: z.array(z.string()).default([]).describe("Sentences below the title"),
    axes: z.object({ x: z.string().default(""), y: z.string().default("") }).prefault({}).describe(
      "Titles of the axes",
    ),
    heading: z.string().default("").describe("Header of the legend"),
  }),
  output: Figure,
  async run({ metrics }, { x, y, points, families, percent, labels, ...params }) {
    const groups = groupsOf(metrics, params.groups);
    const factor = percent ? 100 : 1;
    const found = points === "groups" ? byGroup(metrics, groups, x, y) : byModel(metrics, groups, x, y);
    if (found.length === 0) throw new RangeError("Cannot draw points of nothing: no group has both numbers");
    const values = found.map(({ group, x, y }): ScatterPoint => ({
      name: labelOf(group, labels),
      family: families[group] ?? labelOf(group, labels),
      ...scaled("x", x, factor),
      ...scaled("y", y, factor),
    }));
    const named = points === "groups";
    const spec = scatterSpec({ ...params, points: values, named, legend: !named || Object.keys(families).length > 0 });
    return { extension: ["svg", "vl.json"], content: [await renderSvg(spec), `${JSON.stringify(spec, null, 2)}\n`] };
  },
}));

type Ends = Pick<Measurement, "value" | "low" | "high">;

interface Found {
  readonly group: string;
  readonly x: Ends;
  readonly y: Ends;
}

function byGroup(metrics: NamedMetrics, groups: readonly string[], x: Quantity, y: Quantity): Found[] {
  const means = measurements(metrics, groups).filter((m) => m.model === -1 && Number.isFinite(m.value));
  return groups.flatMap((group) => {
    const own = means.filter((m) => m.group === group);
    const [a, b] = [x, y].map((wanted) => single(own.filter((m) => fitting(m, wanted))));
    return a === undefined || b === undefined ? [] : [{ group, x: a, y: b }];
  });
}

function byModel(metrics: NamedMetrics, groups: readonly string[], x: Quantity, y: Quantity): Found[] {
  const alone = (value: number): Ends => ({ value, low: NaN, high: NaN });
  const points = Map.groupBy(pointsOf(metrics, [x, y]), ({ group }) => group);
  return groups.flatMap((group) => points.get(group) ?? [])
    .map(({ group, values: [a, b] }) => ({ group, x: alone(a!), y: alone(b!) }));
}

/** JSON has no NaN. */
function scaled<A extends "x" | "y">(axis: A, { value, low, high }: Ends, factor: number) {
  const end = (number: number) => Number.isFinite(number) ? factor * number : null;
  return { [axis]: factor * value, [`${axis}Low`]: end(low), [`${axis}High`]: end(high) } as
    & Record<A, number>
    & Record<`${A}Low` | `${A}High`, number | null>;
}
