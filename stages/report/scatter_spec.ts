/** @file The Vega-Lite specification of points with intervals along both axes. */
import type { TopLevelSpec } from "vega-lite";
import { framed, told } from "./frame.ts";

/** One point; ends are null without an interval. */
export interface ScatterPoint {
  readonly name: string;
  /** What has one colour and shape. */
  readonly family: string;
  readonly x: number;
  readonly xLow: number | null;
  readonly xHigh: number | null;
  readonly y: number;
  readonly yLow: number | null;
  readonly yHigh: number | null;
}

/** What the figure shows. */
export interface ScatterFigure {
  readonly title: string;
  readonly subtitle: readonly string[];
  readonly points: readonly ScatterPoint[];
  /** Whether names stand beside the points. */
  readonly named: boolean;
  readonly legend: boolean;
  readonly axes: { readonly x: string; readonly y: string };
  readonly heading: string;
}

const [WIDTH, HEIGHT] = [440, 320];
const CHARACTERS = 84;

/** Points, their intervals as thin bars behind them, their names beside them. */
export function scatterSpec({ title, subtitle, points, named, legend, axes, heading }: ScatterFigure): TopLevelSpec {
  const families = [...new Set(points.map((point) => point.family))];
  const { color, shape } = told("family", families, heading, legend);
  const place = (axis: "x" | "y") => ({
    field: axis,
    type: "quantitative",
    scale: { zero: false, nice: true, padding: 10 },
    axis: { title: axes[axis] === "" ? null : axes[axis], tickCount: 6, grid: true },
  });
  const [x, y] = [place("x"), place("y")];
  const bar = { type: "rule", strokeWidth: 1, opacity: 0.55 };
  const layer: unknown[] = [
    {
      transform: [{ filter: "isValid(datum.xLow) && isValid(datum.xHigh)" }],
      mark: bar,
      encoding: { x: { ...x, field: "xLow" }, x2: { field: "xHigh" }, y, color },
    },
    {
      transform: [{ filter: "isValid(datum.yLow) && isValid(datum.yHigh)" }],
      mark: bar,
      encoding: { x, y: { ...y, field: "yLow" }, y2: { field: "yHigh" }, color },
    },
    {
      mark: { type: "point", filled: true, size: named ? 60 : 26, opacity: named ? 1 : 0.75 },
      encoding: { x, y, color, shape, tooltip: [{ field: "name" }, { field: "x" }, { field: "y" }] },
    },
  ];
  if (named) {
    layer.push({
      mark: { type: "text", align: "left", baseline: "bottom", dx: 6, dy: -4, fontSize: 10 },
      encoding: { x, y, text: { field: "name" } },
    });
  }
  return framed({ title, subtitle, characters: CHARACTERS, width: WIDTH, height: HEIGHT, values: points, layer });
}
