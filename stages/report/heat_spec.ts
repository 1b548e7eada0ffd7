/** @file The Vega-Lite specification of a heat map. */
import type { TopLevelSpec } from "vega-lite";
import { NO_NUMBER } from "./cells.ts";
import { STYLE } from "./style.ts";
import { wrap } from "./wrap.ts";

/** One cell; null where there is no number, since JSON has no NaN. */
export interface HeatCell {
  readonly row: string;
  readonly column: string;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** What the figure shows. */
export interface HeatFigure {
  readonly title: string;
  readonly subtitle: readonly string[];
  readonly cells: readonly HeatCell[];
  readonly middle?: number | undefined;
  readonly range?: readonly [number, number] | undefined;
  readonly decimals: number;
  readonly intervals: boolean;
  readonly axes: { readonly rows: string; readonly columns: string };
  readonly legend: string;
}

/** Blue to orange of ColorBrewer's colour-blind-safe diverging palettes; white in the middle. */
const DIVERGING = ["#2166ac", "#92c5de", "#f7f7f7", "#fdb863", "#b35806"];
const ONE_SIDED = ["#f7fbff", "#c6dbef", "#6baed6", "#2171b5", "#08306b"];

/** Cells in the order in which their names occur, from the top left. */
export function heatSpec(figure: HeatFigure): TopLevelSpec {
  const { title, subtitle, cells, decimals, intervals, axes, legend } = figure;
  const [rows, columns] = [names(cells, "row"), names(cells, "column")];
  const wide = intervals && cells.some((cell) => cell.low !== null);
  const size = { width: (wide ? 92 : 54) * columns.length, height: (wide ? 40 : 30) * rows.length };
  const { domain, range, middle } = colours(figure);
  const number = (value: number) => value.toFixed(decimals).replace(/^-(0\.?0*)$/, "$1").replace("-", "−");
  const values = cells.map((cell) => ({
    ...cell,
    text: cell.value === null ? NO_NUMBER : number(cell.value),
    interval: cell.low === null || cell.high === null ? "" : `[${number(cell.low)}, ${number(cell.high)}]`,
    dark: isDark(cell.value, domain, middle),
  }));
  const axis = (labels: string[], label: string) => ({
    type: "ordinal",
    sort: labels,
    axis: { title: label === "" ? null : label, grid: false, labelAngle: 0, domain: false, ticks: false },
  });
  const place = {
    x: { field: "column", ...axis(columns, axes.columns), axis: bottomAxis(axes.columns, columns, size.width) },
    y: { field: "row", ...axis(rows, axes.rows) },
  };
  const ink = { condition: { test: "datum.dark", value: "#ffffff" }, value: "#111111" };
  const labels = (field: string, dy: number, fontSize: number) => ({
    mark: { type: "text", dy, fontSize },
    encoding: { ...place, text: { field, type: "nominal" }, color: ink },
  });
  const colour = {
    field: "value",
    type: "quantitative",
    title: legend === "" ? null : wrap(legend, 16),
    scale: { domain, range, clamp: true },
    legend: { gradientLength: Math.min(160, size.height) },
  };
  const width = Math.max(50, Math.floor(size.width / 6));
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    description: [title, ...subtitle].join(" "),
    ...(title === "" ? {} : {
      title: {
        text: wrap(title, width),
        subtitle: subtitle.flatMap((line) => wrap(line, 1.2 * width)),
        anchor: "start",
      },
    }),
    ...size,
    data: { values },
    layer: [
      { mark: { type: "rect", stroke: "white" }, encoding: { ...place, color: colour } },
      labels("text", wide ? -7 : 0, 11),
      ...(wide ? [labels("interval", 8, 9)] : []),
    ],
    resolve: { scale: { color: "independent" } },
    padding: 8,
    config: STYLE,
  } as unknown as TopLevelSpec;
}

/** Names at the bottom are broken into lines of a cell's width. */
function bottomAxis(title: string, columns: readonly string[], width: number) {
  const characters = Math.max(6, Math.floor(width / columns.length / 6));
  const lines = Object.fromEntries(columns.map((name) => [name, wrap(name, characters)]));
  return {
    title: title === "" ? null : title,
    grid: false,
    labelAngle: 0,
    domain: false,
    ticks: false,
    labelExpr: `${JSON.stringify(lines)}[datum.label]`,
  };
}

function names(cells: readonly HeatCell[], side: "row" | "column"): string[] {
  return [...new Set(cells.map((cell) => cell[side]))];
}

/** A diverging scale is as long on both sides, so that equal distances from the middle are equally dark. */
function colours({ cells, middle, range }: HeatFigure) {
  const known = cells.map(({ value }) => value).filter((value) => value !== null);
  const [least, most] = range ?? [Math.min(...known), Math.max(...known)];
  if (middle === undefined) {
    const step = (most - least) / 4;
    return { domain: ONE_SIDED.map((_, i) => least + i * step), range: ONE_SIDED, middle };
  }
  const half = Math.max(most - middle, middle - least) || 1;
  return { domain: DIVERGING.map((_, i) => middle + half * (i / 2 - 1)), range: DIVERGING, middle };
}

function isDark(value: number | null, domain: readonly number[], middle: number | undefined): boolean {
  if (value === null) return false;
  const [least, most] = [domain[0]!, domain.at(-1)!];
  return middle === undefined
    ? value - least > 0.62 * (most - least)
    : Math.abs(value - middle) > 0.75 * (most - middle);
}
