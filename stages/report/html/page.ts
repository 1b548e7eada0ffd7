/** @file The page: head, contents, answers, studies, points, methods and provenance, in one file that needs no other. */
import type { Element, ElementContent } from "hast";
import { toHtml } from "hast-util-to-html";
import { h } from "hastscript";
import type { Value } from "../../../dsl/mod.ts";
import type { Figure, Findings, Table } from "../../artifacts/mod.ts";
import { type Answer, answersAtAGlance, answersInFull, answersOf } from "./answers.ts";
import type { Assets } from "./assets.ts";
import { placeFor } from "./facts.ts";
import { figureOf, raw } from "./figures.ts";
import { methodsOf } from "./methods.ts";
import type { HtmlParams, Section } from "./params.ts";
import { answered, pointsTable } from "./points.ts";
import { provenance, took } from "./provenance.ts";
import { tableOf } from "./tables.ts";

/** What a page is made of, by names that begin with the study's. */
export interface Parts {
  readonly findings: Readonly<Record<string, Value<typeof Findings>>>;
  readonly tables: Readonly<Record<string, Value<typeof Table>>>;
  readonly figures: Readonly<Record<string, Value<typeof Figure>>>;
}

/** Nothing but what the page brings along may be loaded: a browser refuses the rest. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline' 'unsafe-eval'; " +
  "img-src data: blob:";

/** The page as HTML. Scripts are brought along where there are figures. */
export function page(parts: Parts, params: HtmlParams, { style, scripts }: Assets): string {
  const answers = answersOf(parts.findings);
  const studies = params.sections.map((section) => studyOf(section, parts, answers, params));
  const hasPoints = params.points.length > 0;
  const chapters: [id: string, title: string, content: ElementContent[]][] = [
    [
      "answers",
      "Answers",
      answers.length === 0 ? [h("p", "No study of this report has findings.")] : summaryOf(answers, params.sections),
    ],
    ...(hasPoints
      ? [["points", "The reviewers’ points", pointsOf(params, answers)] as [string, string, Element[]]]
      : []),
    ["studies", "Studies", studies],
    ["methods", "Methods", [
      h("p", "Written from the parameters of the graph that made this report: nothing here was typed by hand."),
      ...methodsOf(params.methods),
    ]],
    ["provenance", "What it took, and where it came from", provenance(params)],
  ];
  const body = h(
    "body",
    h("a", { class: "skip", href: "#main" }, "Skip to the report"),
    h("header", h("h1", params.title), ...(params.summary === "" ? [] : [h("p", { class: "lead" }, params.summary)])),
    contents(chapters, params.sections),
    h("main", { id: "main" }, chapters.map(([id, title, content]) => h("section", { id }, h("h2", title), content))),
    h("footer", h("p", "Made by Engram. Result ", placeFor({ fact: "result" }), ".")),
    ...(Object.keys(parts.figures).length === 0 ? [] : scripts.map((text) => h("script", [raw(text)]))),
  );
  const head = h(
    "head",
    h("meta", { charset: "utf-8" }),
    h("meta", { httpEquiv: "Content-Security-Policy", content: POLICY }),
    h("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    h("meta", { name: "color-scheme", content: "light dark" }),
    h("title", params.title),
    h("style", [raw(style)]),
  );
  const html = toHtml(h("html", { lang: "en" }, head, body), { allowDangerousHtml: true });
  return `<!doctype html>\n${html}\n`;
}

function contents(chapters: readonly (readonly [string, string, unknown])[], sections: readonly Section[]): Element {
  const entries = chapters.map(([id, title]) => {
    const link = h("a", { href: `#${id}` }, title);
    if (id !== "studies") return h("li", link);
    const studies = sections.map(({ name, title }) => h("li", h("a", { href: `#${name}` }, title)));
    return h("li", link, h("ol", studies));
  });
  return h("nav", { ariaLabel: "Contents" }, h("ol", entries));
}

function summaryOf(answers: readonly Answer[], sections: readonly Section[]): Element[] {
  const counts = Map.groupBy(answers, ({ verdict }) => verdict);
  const tiles = ["supported", "contradicted", "undecided"].map((verdict) =>
    h("div", { class: ["tile", verdict] }, h("b", String(counts.get(verdict)?.length ?? 0)), h("span", verdict))
  );
  return [
    h("div", { class: "tiles" }, tiles),
    h("p", { class: "note" }, [
      "A claim is supported where the whole 95 % interval lies on its side of what it compares with (the vertical line), ",
      "contradicted where it lies on the other, and undecided otherwise; where several tests were made, p after Holm’s ",
      "correction must be below 0.05, too. Verdicts hold for the data, models and sizes under Methods, not beyond.",
    ]),
    answersAtAGlance(answers, new Map(sections.map(({ name, title }) => [name, title]))),
  ];
}

function pointsOf({ points, sections }: HtmlParams, answers: readonly Answer[]): Element[] {
  const count = answered(points, answers);
  return [
    h("p", `${count} of ${points.length} points have an answer in this report.`),
    pointsTable(points, answers, sections),
  ];
}

function studyOf(
  section: Section,
  { findings, tables, figures }: Parts,
  answers: readonly Answer[],
  params: HtmlParams,
): Element {
  const { name, title, source, command, outputs } = section;
  const own = answers.filter(({ study }) => study === name);
  const missing = outputs.filter((output) => ![findings, tables, figures].some((made) => Object.hasOwn(made, output)));
  const shown = outputs.flatMap((output): ElementContent[] => {
    const what = titleOf(output) === "table" || titleOf(output) === "figure" ? title : `${title}: ${titleOf(output)}`;
    if (Object.hasOwn(tables, output)) return tableOf(tables[output]!, what);
    return Object.hasOwn(figures, output) ? [figureOf(figures[output]!, output, what)] : [];
  });
  return h(
    "article",
    { id: name },
    h("h3", title),
    ...(source === "" ? [] : [h("p", { class: "source" }, source)]),
    ...(missing.length === 0 ? [] : [
      h("p", { class: "missing", role: "note" }, `Could not be made: ${missing.map(titleOf).join(", ")}.`),
    ]),
    ...(own.length === 0 ? [] : [answersInFull(own, title)]),
    ...shown,
    took(name, params),
    ...(command === "" ? [] : [h("p", { class: "command" }, "To run it alone: ", h("code", command))]),
  );
}

/** `attacks/byMemorization` -> `by memorization`. */
function titleOf(output: string): string {
  const last = output.split("/").at(-1)!;
  return last.replaceAll(/([a-z])([A-Z])/g, "$1 $2").replaceAll(/[-_]/g, " ").toLowerCase();
}
