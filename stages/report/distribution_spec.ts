/** @file The Vega-Lite specification of histograms of members and non-members. */
import type { TopLevelSpec } from "vega-lite";
import type { Bar } from "./histogram.ts";
import { OKABE_ITO } from "./palette.ts";
import { STYLE } from "./style.ts";
import { wrap } from "./wrap.ts";

/** What the figure shows. */
export interface DistributionFigure {
  readonly title: string;
  /** Title of the axis of scores. */
  readonly score: string;
  readonly panels: readonly { readonly title: string; readonly bars: readonly Bar[] }[];
  readonly perRow: number;
}

const WHO = ["members", "non-members"];

/** A panel each: outlines of two histograms, told apart by colour, dash and a light filling of the members'. */
export function distributionSpec({ title, score, panels, perRow }: DistributionFigure): TopLevelSpec {
  const subtitle = "Share of each in equal bins, all targets pooled; the outermost bins hold what lies beyond.";
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    description: `${title}. ${subtitle}`,
    title: { text: wrap(title, 40 * perRow), subtitle: wrap(subtitle, 42 * perRow), anchor: "start" },
    columns: perRow,
    concat: panels.map((panel, i) => panelSpec(panel, score, i % perRow === 0)),
    spacing: 20,
    padding: 8,
    config: STYLE,
  } as TopLevelSpec;
}

function panelSpec({ title, bars }: DistributionFigure["panels"][number], score: string, first: boolean) {
  const x = { field: "from", type: "quantitative", axis: { title: score, tickCount: 5 }, scale: { zero: false } };
  const y = {
    field: "share",
    type: "quantitative",
    axis: { title: first ? "Share" : null, format: "%", tickCount: 5 },
  };
  const entry = {
    field: "who",
    type: "nominal",
    title: null,
    legend: { orient: "top", symbolType: "stroke", offset: 4 },
  };
  const color = { ...entry, scale: { domain: WHO, range: OKABE_ITO.slice(0, 2) } };
  const strokeDash = { ...entry, scale: { domain: WHO, range: [[1, 0], [6, 3]] } };
  const members = {
    transform: [{ filter: "datum.who === 'members'" }],
    mark: { type: "bar", opacity: 0.25, color: OKABE_ITO[0], binSpacing: 0 },
    encoding: { x: { ...x, bin: { binned: true } }, x2: { field: "to" }, y },
  };
  // A step needs the end of its last bin.
  const ends = WHO.flatMap((who) => bars.filter((bar) => bar.who === who).slice(-1)).map((bar) => ({
    ...bar,
    from: bar.to,
  }));
  const outline = {
    data: { values: [...bars, ...ends] },
    mark: { type: "line", interpolate: "step-after", strokeWidth: 1.8 },
    encoding: { x, y, color, strokeDash },
  };
  return {
    title: { text: title, fontSize: 11, offset: 4 },
    width: 220,
    height: 140,
    data: { values: bars },
    layer: [members, outline],
  };
}
