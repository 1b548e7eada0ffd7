/** @file The Vega-Lite specification of lines with bands. */
import type { TopLevelSpec } from "vega-lite";
import { framed, told } from "./frame.ts";

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
  const { color, shape } = told("line", lines, heading);
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
  return framed({ title, subtitle, characters: CHARACTERS, width: WIDTH, height: HEIGHT, values: points, layer });
}
