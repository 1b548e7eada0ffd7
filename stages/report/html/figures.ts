/** @file Figures as HTML: the SVG itself and, for browsers that run scripts, the specification of the same figure. */
import type { Element, ElementContent } from "hast";
import { h } from "hastscript";
import type { Value } from "../../../dsl/mod.ts";
import type { Figure } from "../../artifacts/mod.ts";
import { interactive, type Series } from "./interactive.ts";
import { digestOf } from "./facts.ts";

/** A figure of a pipeline. `name` is what it is wired as, which makes its ids. */
export function figureOf(document: Value<typeof Figure>, name: string, title: string): Element {
  const id = idOf(name);
  const svg = textOf(document, "svg");
  const text = textOf(document, "vl.json");
  const spec = text === undefined ? undefined : interactive(JSON.parse(text));
  const description = spec?.spec.description;
  const alt = typeof description === "string" ? description : title;
  const still = svg === undefined
    ? [h("p", { class: "note" }, "This figure has no SVG.")]
    : [h("div", { class: "still", role: "img", ariaLabel: alt }, raw(apart(svg, id)))];
  return h(
    "figure",
    { id, ...(spec !== undefined && { dataSpec: `${id}-spec`, dataTitle: title }) },
    h("div", { class: "paper", tabIndex: 0, role: "region", ariaLabel: title }, ...still, h("div", { class: "live" })),
    ...(spec === undefined ? [] : [
      controls(spec.series, spec.zooms),
      h("script", { type: "application/json", id: `${id}-spec` }, raw(jsonText(spec.spec))),
    ]),
    h("figcaption", h("b", title), " ", h("small", "result ", digestOf(name))),
  );
}

/** What scripts show: a switch for each series, and how to zoom. */
function controls(series: Series | undefined, zooms: boolean): Element {
  const buttons = (series?.names ?? []).map((name, i) =>
    h("button", { type: "button", ariaPressed: "true", dataSeries: name }, [
      h("span", { class: "swatch", style: `background:${series!.colours[i]}`, ariaHidden: "true" }),
      name,
    ])
  );
  const group = buttons.length === 0 ? [] : [h("span", { role: "group", ariaLabel: "Series shown" }, buttons)];
  const hint = zooms
    ? "Point at marks for numbers; drag to move, Ctrl + wheel to zoom, double-click to reset."
    : "Point at marks for numbers.";
  return h("div", { class: "controls" }, ...group, h("small", hint));
}

/** The id of a wired name within the page. */
export function idOf(name: string): string {
  return `figure-${name.replaceAll(/[^\w-]+/g, "-")}`;
}

/** Ids in an SVG, such as those of clipping paths, are the page's: a prefix keeps those of several figures apart. */
function apart(svg: string, prefix: string): string {
  return svg
    .replaceAll(/\bid="([^"]+)"/g, `id="${prefix}-$1"`)
    .replaceAll(/url\(#([^)]+)\)/g, `url(#${prefix}-$1)`)
    .replaceAll(/href="#([^"]+)"/g, `href="#${prefix}-$1"`)
    .replace(/^\s*<\?xml[^>]*>\s*/, "");
}

/** JSON that cannot end the element it stands in. */
function jsonText(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

function textOf({ extension, content }: Value<typeof Figure>, wanted: string): string | undefined {
  const at = extension.indexOf(wanted);
  return at === -1 ? undefined : content[at];
}

/** Markup as it is. */
export function raw(markup: string): ElementContent {
  return { type: "raw", value: markup } as unknown as ElementContent;
}
