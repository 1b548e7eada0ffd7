/** @file The Vega-Lite specification of lines with bands. */
import type { TopLevelSpec } from "vega-lite";
import { cycle, OKABE_ITO, SHAPES } from "./palette.ts";
import { STYLE } from "./style.ts";
import { wrap } from "./wrap.ts";

/** One point of a line; x is null on a horizontal reference, ends are null without an interval. */
export interface CurvePoint {
  readonly line: string;
  readonly x: number | null;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** What the figure shows. */
export interface CurveFigure {
  readonly title: string;
  readonly subtitle: readonly string[];
  readonly points: readonly CurvePoint[];
  readonly log: boolean;
  readonly zero: boolean;
  readonly axes: { readonly x: string; readonly y: string };
  readonly heading: string;
}

const [WIDTH, HEIGHT] = [400, 260];
const CHARACTERS = 76;

/** Lines with points, their bands behind them; references are dashed and run through. */
export function curveSpec({ title, subtitle, points, log, zero, axes, heading }: CurveFigure): TopLevelSpec {
  const lines = [...new Set(points.map((point) => point.line))];
  const entry = { field: "line", type: "nominal", title: heading === "" ? null : heading, sort: null };
  const color = { ...entry, scale: { domain: lines, range: cycle(OKABE_ITO, lines.length) } };
  const shape = { ...entry, scale: { domain: lines, range: cycle(SHAPES, lines.length) } };
  const ticks = [...new Set(points.map((point) => point.x))].filter((x) => x !== null).sort((a, b) => a - b);
  const x = {
    field: "x",
    type: "quantitative",
    scale: { type: log ? "log" : "linear", ...(log ? {} : { zero: false }), nice: false, padding: 12 },
    axis: {
      title: axes.x === "" ? null : axes.x,
      ...(ticks.length > 0 && ticks.length <= 12 ? { values: ticks } : {}),
    },
  };
  const axis = { title: axes.y === "" ? null : axes.y, tickCount: 6 };
  const y = { field: "value", type: "quantitative", axis, scale: { zero, nice: true } };
  const along = { filter: "isValid(datum.x)" };
  const bounded = { filter: "isValid(datum.low) && isValid(datum.high)" };
  const ends = { y: { ...y, field: "low" }, y2: { field: "high" } };
  const layer = [
    { transform: [along, bounded], mark: { type: "area", opacity: 0.15 }, encoding: { x, color, ...ends } },
    { transform: [along, bounded], mark: { type: "rule", strokeWidth: 1 }, encoding: { x, color, ...ends } },
    { transform: [along], mark: { type: "line", strokeWidth: 1.8 }, encoding: { x, y, color } },
    {
      transform: [along],
      mark: { type: "point", filled: true, size: 40, opacity: 1 },
      encoding: { x, y, color, shape },
    },
    {
      transform: [{ filter: "!isValid(datum.x)" }],
      mark: { type: "rule", strokeWidth: 1.5, strokeDash: [6, 3] },
      encoding: { y, color },
    },
  ];
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    description: [title, ...subtitle].join(" "),
    ...(title === "" ? {} : {
      title: {
        text: wrap(title, 0.8 * CHARACTERS),
        subtitle: subtitle.flatMap((line) => wrap(line, CHARACTERS)),
        anchor: "start",
      },
    }),
    width: WIDTH,
    height: HEIGHT,
    data: { values: points },
    layer,
    padding: 8,
    config: STYLE,
  } as unknown as TopLevelSpec;
}
