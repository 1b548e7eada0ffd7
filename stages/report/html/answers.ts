/** @file Findings as HTML: question, verdict, the number and, as a small drawing, its interval against the claim's. */
import type { Element } from "hast";
import { h, s } from "hastscript";
import type { Value } from "../../../dsl/mod.ts";
import type { Findings } from "../../artifacts/mod.ts";
import { measured, numberText } from "./numbers.ts";

/** One question's answer. */
export interface Answer {
  /** The study it comes from. */
  readonly study: string;
  readonly question: string;
  /** Ids of the points it answers. */
  readonly asked: readonly string[];
  readonly claim: string;
  readonly unit: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly against: number;
  readonly p: number;
  readonly verdict: string;
  readonly n: number;
}

/** Rows of findings; `study` is the first part of their name. */
export function answersOf(findings: Readonly<Record<string, Value<typeof Findings>>>): Answer[] {
  return Object.entries(findings).flatMap(([name, f]) =>
    f.question.map((question, i) => ({
      study: name.split("/")[0]!,
      question,
      asked: f.asked[i]!.split(/[,;]\s*/).filter((id) => id !== ""),
      claim: f.claim[i]!,
      unit: f.unit[i]!,
      value: f.value[i]!,
      low: f.low[i]!,
      high: f.high[i]!,
      against: f.against[i]!,
      p: f.p[i]!,
      verdict: f.verdict[i]!,
      n: f.n[i]!,
    }))
  );
}

/** Signs that tell verdicts apart without colour. */
const SIGNS: Readonly<Record<string, string>> = { supported: "✓", contradicted: "✕", undecided: "?" };

/** The verdict as a word with a sign. */
export function verdictBadge(verdict: string): Element {
  return h("span", { class: ["verdict", verdict] }, h("span", { ariaHidden: "true" }, SIGNS[verdict] ?? ""), verdict);
}

/** All answers in short, study by study: what is asked, the interval, the verdict. */
export function answersAtAGlance(answers: readonly Answer[], titles: ReadonlyMap<string, string>): Element {
  const headers = ["Question", "Measured, with 95 % interval", "Verdict"];
  const bodies = [...Map.groupBy(answers, ({ study }) => study)].map(([study, own]) =>
    h("tbody", [
      h(
        "tr",
        h("th", { scope: "rowgroup", colSpan: headers.length, class: "study" }, [
          h("a", { href: `#${study}` }, titles.get(study) ?? study),
        ]),
      ),
      ...own.map((answer) =>
        h("tr", [
          h("th", { scope: "row" }, answer.question),
          h("td", { class: "interval" }, intervalPlot(answer), number(answer)),
          h("td", verdictBadge(answer.verdict)),
        ])
      ),
    ])
  );
  return answersTable(headers, bodies, "All answers");
}

/** The answers of one study, with the claims that they are about. */
export function answersInFull(answers: readonly Answer[], title: string): Element {
  const rows = answers.map((answer) =>
    h("tr", [
      h("th", { scope: "row" }, answer.question, ...askedBy(answer)),
      h("td", { class: "claim" }, answer.claim),
      h("td", { class: "interval" }, intervalPlot(answer), number(answer), h("small", standing(answer))),
      h("td", verdictBadge(answer.verdict)),
    ])
  );
  const headers = ["Question", "Claim", "Measured, with 95 % interval", "Verdict"];
  return answersTable(headers, [h("tbody", rows)], `${title}: answers`);
}

function answersTable(headers: readonly string[], bodies: readonly Element[], label: string): Element {
  const head = headers.map((text) => h("th", { scope: "col" }, text));
  return h(
    "div",
    { class: "scroll", tabIndex: 0, role: "region", ariaLabel: label },
    h("table", { class: "answers" }, h("thead", h("tr", head)), ...bodies),
  );
}

function askedBy({ asked }: Answer): Element[] {
  return asked.length === 0 ? [] : [h("small", { class: "asked" }, "asked by ", asked.map((id) => h("span", id)))];
}

function number({ value, low, high, unit }: Answer): Element {
  return h("span", { class: "number" }, measured(value, low, high), unit === "" ? "" : h("small", unit));
}

/** How many models stand behind it and, of one of several tests, p. */
function standing({ n, p }: Answer): string {
  if (Number.isNaN(p)) return `n = ${n}`;
  return `n = ${n}, p ${p < 0.001 ? "< 0.001" : `= ${numberText(p, 3)}`}`;
}

const [WIDTH, HEIGHT] = [150, 18];

/** The interval as a bar, the number as a mark on it, and what the claim compares with as a line in the middle. */
function intervalPlot({ value, low, high, against, verdict }: Answer): Element {
  const ends = [value, low, high].filter(Number.isFinite);
  const reach = 1.15 * Math.max(...ends.map((end) => Math.abs(end - against)), Number.MIN_VALUE);
  const x = (at: number) => Number((WIDTH / 2 * (1 + (at - against) / reach)).toFixed(2));
  const [middle, centre] = [HEIGHT / 2, x(value)];
  const bar = Number.isFinite(low) && Number.isFinite(high)
    ? [s("line", { class: "bar", x1: x(low), x2: x(high), y1: middle, y2: middle })]
    : [];
  const mark = verdict === "contradicted"
    ? s("rect", { class: "mark", x: centre - 4, y: middle - 4, width: 8, height: 8 })
    : s("circle", { class: "mark", cx: centre, cy: middle, r: 4.5 });
  return s(
    "svg",
    { class: ["plot", verdict], viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT, ariaHidden: "true" },
    s("line", { class: "against", x1: WIDTH / 2, x2: WIDTH / 2, y1: 0, y2: HEIGHT }),
    ...bar,
    mark,
  );
}
