/** @file The Vega-Lite specification of decision regions. */
import type { TopLevelSpec } from "vega-lite";
import type { Place } from "./boundary_lines.ts";
import { STYLE } from "./style.ts";
import { wrap } from "./wrap.ts";

/** What the figure shows. */
export interface RegionFigure {
  readonly title: string;
  readonly panels: readonly {
    readonly title: string;
    readonly cells: readonly (Place & { readonly value: number })[];
    readonly lines: readonly (readonly [Place, Place])[];
  }[];
  readonly points: readonly (Place & { readonly group: string })[];
  /** Width of a cell. */
  readonly step: number;
}

const GROUPS = ["typical blue", "typical red", "atypical red", "twin"];
const COLOURS = ["#2166ac", "#b2182b", "#000000", "#000000"];

/** A panel a group, two in a row from four on. */
export function regionSpec({ title, panels, points, step }: RegionFigure): TopLevelSpec {
  const columns = panels.length === 4 ? 2 : Math.min(3, panels.length);
  const subtitle = "Colour: mean probability of red over models; line: one half. Points: training examples.";
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    description: `${title}. ${subtitle}`,
    title: { text: wrap(title, 34 * columns), subtitle: wrap(subtitle, 36 * columns), anchor: "start" },
    // The rare ones are drawn last, on top.
    datasets: { points: points.toSorted(byGroup).map(rounded) },
    columns,
    concat: panels.map((panel) => panelSpec(panel, step)),
    resolve: { scale: { color: "shared", fill: "shared", shape: "shared" } },
    spacing: 18,
    padding: 8,
    config: STYLE,
  } as unknown as TopLevelSpec;
}

function panelSpec({ title, cells, lines }: RegionFigure["panels"][number], step: number) {
  const axis = { title: null, tickCount: 5, grid: false };
  const domain = [cells[0]!.x - step / 2, cells.at(-1)!.x + step / 2];
  const place = (field: string) => ({ field, type: "quantitative", axis, scale: { domain, nice: false } });
  const region = {
    // Thousands of cells need no description each.
    mark: { type: "rect", clip: true, aria: false },
    encoding: {
      x: place("x"),
      x2: { field: "right" },
      y: place("y"),
      y2: { field: "top" },
      color: {
        field: "value",
        type: "quantitative",
        scale: { domain: [0, 1], range: ["#92c5de", "#f7f7f7", "#f4a582"] },
        legend: { title: "P(red)", gradientLength: 90 },
      },
    },
  };
  const boundary = {
    data: { values: lines.map(([a, b]) => ({ x: round(a.x), y: round(a.y), x2: round(b.x), y2: round(b.y) })) },
    mark: { type: "rule", color: "#111111", strokeWidth: 1.4, aria: false },
    encoding: { x: place("x"), y: place("y"), x2: { field: "x2" }, y2: { field: "y2" } },
  };
  const examples = {
    data: { name: "points" },
    mark: { type: "point", filled: true, size: 22, opacity: 0.8, stroke: "white", strokeWidth: 0.4, clip: true },
    encoding: {
      x: place("x"),
      y: place("y"),
      fill: { field: "group", type: "nominal", title: "Example", scale: { domain: GROUPS, range: COLOURS } },
      shape: {
        field: "group",
        type: "nominal",
        title: "Example",
        scale: { domain: GROUPS, range: ["circle", "square", "triangle-up", "diamond"] },
      },
    },
  };
  // Cells overlap a little: otherwise viewers show hairlines between them.
  const values = cells.map(({ x, y, value }) => {
    const [left, bottom] = [x - step / 2, y - step / 2];
    return {
      x: round(left),
      right: round(left + 1.04 * step),
      y: round(bottom),
      top: round(bottom + 1.04 * step),
      value: round(value),
    };
  });
  return {
    title: { text: title, fontSize: 11, offset: 4 },
    width: 220,
    height: 220,
    layer: [{ data: { values }, ...region }, boundary, examples],
  };
}

function byGroup(a: { readonly group: string }, b: { readonly group: string }): number {
  return GROUPS.indexOf(a.group) - GROUPS.indexOf(b.group);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function rounded({ x, y, group }: Place & { readonly group: string }) {
  return { x: round(x), y: round(y), group };
}
