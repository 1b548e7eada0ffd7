/** @file The Vega-Lite specification of accuracy by bucket. */
import type { TopLevelSpec } from "vega-lite";
import type { Point } from "./bucket_points.ts";
import { labelOf, type Labels } from "./labels.ts";
import { cycle, OKABE_ITO, SHAPES } from "./palette.ts";
import { STYLE } from "./style.ts";
import { wrap } from "./wrap.ts";

/** What the figure shows. */
export interface BucketFigure {
  readonly title: string;
  readonly subtitle: readonly string[];
  readonly groups: readonly string[];
  readonly labels: Labels;
  /** Header of the legend: what a group is. */
  readonly heading: string;
  readonly accuracy: readonly Point[];
  /** The second panel: gain over the group named `reference`. */
  readonly gain: { readonly reference: string; readonly points: readonly Point[] } | undefined;
}

/** One panel: points of `groups` over buckets. */
interface Panel {
  readonly points: readonly Point[];
  readonly groups: readonly string[];
  readonly y: readonly string[];
  /** Whether zero is drawn, as a line of its own. */
  readonly zero: boolean;
}

const CHARACTERS_A_PANEL = 58;

/**
 * Mean test accuracy of each group by bucket with 95 % intervals and, beside it, the gain over a reference.
 *
 * Points of one bucket stand side by side and are not joined: between points that are set apart sideways, a rising line
 * looks the higher the further left it runs.
 */
export function bucketSpec(figure: BucketFigure): TopLevelSpec {
  const { title, subtitle, groups, accuracy, gain, labels } = figure;
  const panels: Panel[] = [{ points: accuracy, groups, y: ["Test accuracy (%)"], zero: false }];
  if (gain !== undefined) {
    const y = [`Gain over ${labelOf(gain.reference, labels)}`, "(percentage points)"];
    panels.push({ points: gain.points, groups: groups.filter((group) => group !== gain.reference), y, zero: true });
  }
  const width = CHARACTERS_A_PANEL * panels.length;
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    description: [title, ...subtitle].join(" "),
    title: { text: wrap(title, 0.8 * width), subtitle: subtitle.flatMap((line) => wrap(line, width)), anchor: "start" },
    hconcat: panels.map((panel) => panelSpec(figure, panel)),
    spacing: 24,
    padding: 8,
    config: STYLE,
  } as TopLevelSpec;
}

function panelSpec(figure: BucketFigure, { points, groups, y, zero }: Panel) {
  const labelled = points.map((point) => ({ ...point, group: labelOf(point.group, figure.labels) }));
  const { color, shape } = legend(figure);
  const axis = { title: y, tickCount: 6 };
  const value = { field: "value", type: "quantitative", axis, scale: { zero, nice: true } };
  const place = {
    x: { field: "bucket", type: "ordinal", axis: { title: bucketTitle(points) }, scale: { paddingInner: 0.35 } },
    xOffset: {
      field: "group",
      type: "nominal",
      scale: { type: "point", domain: groups.map((group) => labelOf(group, figure.labels)), padding: 0.5 },
    },
  };
  const bars = {
    transform: [{ filter: "isValid(datum.low) && isValid(datum.high)" }],
    mark: { type: "rule", strokeWidth: 1.5 },
    encoding: { ...place, color, y: { ...value, field: "low" }, y2: { field: "high" } },
  };
  const means = {
    mark: { type: "point", filled: true, size: 40, opacity: 1 },
    encoding: { ...place, color, shape, y: value },
  };
  const zeroLine = {
    mark: { type: "rule", color: "#888888" },
    encoding: { y: { datum: 0, type: "quantitative", axis } },
  };
  const layer = [...(zero ? [zeroLine] : []), bars, means];
  return { width: 300, height: 220, data: { values: labelled }, layer };
}

/** Colours and shapes of all groups, the same in every panel. */
function legend({ groups, labels, heading }: BucketFigure) {
  const domain = groups.map((group) => labelOf(group, labels));
  const entry = { field: "group", type: "nominal", title: heading };
  return {
    color: { ...entry, scale: { domain, range: cycle(OKABE_ITO, domain.length) } },
    shape: { ...entry, scale: { domain, range: cycle(SHAPES, domain.length) } },
  };
}

function bucketTitle(points: readonly Point[]): string[] {
  const last = Math.max(...points.map((point) => point.bucket));
  return ["Bucket of test examples", `(1: most atypical, ${last}: most typical)`];
}
