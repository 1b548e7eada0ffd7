/**
 * @file Makes the specification of a still figure interactive: tooltips everywhere, zooming and moving where axes are
 * numbers, and series that can be dimmed. What is drawn at first is what the still figure shows.
 */
import { isRecord } from "../../../dsl/mod.ts";

/** A part of a Vega-Lite specification. */
type View = Readonly<Record<string, unknown>>;

/** What a reader can switch on and off: the field that tells series apart, and their names and colours. */
export interface Series {
  readonly field: string;
  readonly names: readonly string[];
  readonly colours: readonly string[];
}

/** A specification with interaction, and what its reader can do. */
export interface Interactive {
  readonly spec: View;
  readonly series: Series | undefined;
  readonly zooms: boolean;
}

/** The parameter that holds the names of the series that are shown in full. */
export const SHOWN = "engram_shown";

/** How faint a series is that is switched off. */
const DIMMED = 0.06;

/** Adds interaction to a specification as this library's figures write them: units, layers and concatenations. */
export function interactive(spec: View): Interactive {
  const series = seriesIn(spec);
  const zooming = { count: 0 };
  const body = enhance(spec, { series, zooming }, {});
  const params = series === undefined ? [] : [{ name: SHOWN, value: series.names }];
  return {
    spec: {
      ...body,
      params: [...listOf(spec.params), ...params],
    },
    series,
    zooms: zooming.count > 0,
  };
}

interface State {
  readonly series: Series | undefined;
  readonly zooming: { count: number };
}

function enhance(view: View, state: State, inherited: View): View {
  for (const key of ["concat", "hconcat", "vconcat"]) {
    if (Array.isArray(view[key])) {
      return {
        ...view,
        [key]: (view[key] as View[]).map((part) => enhance(part, state, {})),
      };
    }
  }
  if (isRecord(view.spec)) return { ...view, spec: enhance(view.spec, state, {}) };
  const encoding = { ...inherited, ...record(view.encoding) };
  if (!Array.isArray(view.layer)) return unit(view, encoding, state, zoomable(encoding));
  const layers = view.layer as View[];
  const carrier = layers.findLastIndex((layer) => zoomable({ ...encoding, ...record(layer.encoding) }).length > 0);
  return {
    ...view,
    layer: layers.map((layer, i) => {
      if (Array.isArray(layer.layer)) return layer;
      const own = { ...encoding, ...record(layer.encoding) };
      return unit(layer, own, state, i === carrier ? zoomable(own) : [], carrier !== -1);
    }),
  };
}

/** One mark. `zooms` are the channels that it makes zoomable; what is moved out of the frame is not drawn. */
function unit(view: View, encoding: View, { series, zooming }: State, zooms: string[], clip = zooms.length > 0): View {
  const mark: View = isRecord(view.mark) ? view.mark : { type: view.mark };
  const params = zooms.length === 0 ? [] : [{
    name: `engram_zoom_${zooming.count++}`,
    // With a key held, so that scrolling past a figure scrolls.
    select: { type: "interval", encodings: zooms, zoom: "wheel![event.ctrlKey || event.metaKey]" },
    bind: "scales",
  }];
  const own = record(view.encoding);
  const ofData = Object.values(encoding).some((channel) => record(channel).field !== undefined);
  const isSeries = series !== undefined && record(encoding.color).field === series.field && own.opacity === undefined;
  const opacity = {
    condition: {
      test: `indexof(${SHOWN}, datum[${JSON.stringify(series?.field)}]) >= 0`,
      value: mark.opacity ?? (mark.type === "point" ? 0.9 : 1),
    },
    value: DIMMED,
  };
  return {
    ...view,
    // A mark of no data, such as a line at zero, has nothing to tell a screen reader.
    mark: { ...mark, ...(clip && { clip }), ...(!ofData && { aria: false }) },
    encoding: { ...own, ...(isSeries && { opacity }), ...(ofData && { tooltip: own.tooltip ?? tooltipOf(encoding) }) },
    ...(params.length > 0 && { params: [...listOf(view.params), ...params] }),
  };
}

/** What is told at a mark: each field once, under the name that its axis or legend has. */
function tooltipOf(encoding: View): View[] {
  const told = new Map<string, View>();
  for (const [channel, definition] of Object.entries(encoding)) {
    const { field, type, title, axis, legend } = record(definition);
    if (typeof field !== "string" || channel === "tooltip" || /Offset$/.test(channel)) continue;
    const name = title ?? record(axis).title ?? record(legend).title;
    const words = Array.isArray(name) ? name.join(" ") : name;
    const isNumber = type === "quantitative" || type === undefined && /2$/.test(channel);
    const isEnd = field === "low" || field === "high"; // of an interval whose axis is named for what it is of
    told.set(field, {
      field,
      type: isNumber ? "quantitative" : "nominal",
      title: typeof words === "string" && !isEnd ? words : field,
      ...(isNumber && { format: ".4~g" }),
    });
  }
  return [...told.values()];
}

/** The position channels whose axes are numbers. */
function zoomable(encoding: View): string[] {
  return ["x", "y"].filter((channel) => {
    const { type, field, bin, aggregate } = record(encoding[channel]);
    return type === "quantitative" && field !== undefined && bin === undefined && aggregate === undefined;
  });
}

/** The series that colours tell apart, where the specification names them and there are several. */
function seriesIn(part: unknown): Series | undefined {
  if (Array.isArray(part)) return firstOf(part);
  if (!isRecord(part)) return undefined;
  const color = record(record(part.encoding).color);
  const { domain, range } = record(color.scale);
  if (typeof color.field === "string" && color.type === "nominal" && isTexts(domain) && isTexts(range)) {
    if (domain.length > 1) return { field: color.field, names: domain, colours: range };
  }
  return firstOf(["layer", "concat", "hconcat", "vconcat", "spec"].map((key) => part[key]));
}

function firstOf(parts: readonly unknown[]): Series | undefined {
  for (const part of parts) {
    const found = seriesIn(part);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}

function record(value: unknown): View {
  return isRecord(value) ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
