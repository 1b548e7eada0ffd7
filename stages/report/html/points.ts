/** @file Points of reviews, and what answers each: findings that name it, or what settles it without any. */
import type { Element, ElementContent } from "hast";
import { h } from "hastscript";
import { type Answer, verdictBadge } from "./answers.ts";
import { measured } from "./numbers.ts";
import type { Point, Section } from "./params.ts";

/** A row a point. Those that nothing answers yet say so. */
export function pointsTable(
  points: readonly Point[],
  answers: readonly Answer[],
  sections: readonly Section[],
): Element {
  const rows = points.map((point) => {
    const found = answers.filter(({ asked }) => asked.some((id) => point.ids.includes(id)));
    return h(
      "tr",
      h("th", { scope: "row", class: "ids" }, point.ids.map((id) => h("span", id))),
      h("td", point.point),
      h("td", studyLinks(point, found, sections)),
      h("td", found.length > 0 ? h("ul", { class: "found" }, found.map(answer)) : without(point)),
    );
  });
  const headers = ["Point", "What is asked", "Study", "Answer"].map((text) => h("th", { scope: "col" }, text));
  return h(
    "div",
    { class: "scroll", tabIndex: 0, role: "region", ariaLabel: "Points of the reviews" },
    h("table", { class: "points" }, h("thead", h("tr", headers)), h("tbody", rows)),
  );
}

/** How many points have an answer. */
export function answered(points: readonly Point[], answers: readonly Answer[]): number {
  const asked = new Set(answers.flatMap((answer) => answer.asked));
  return points.filter(({ ids, settled }) => settled !== "" || ids.some((id) => asked.has(id))).length;
}

function answer({ question, value, low, high, verdict }: Answer): Element {
  return h("li", verdictBadge(verdict), " ", question, " ", h("span", { class: "number" }, measured(value, low, high)));
}

function without({ settled }: Point): ElementContent {
  return settled === "" ? h("span", { class: "verdict open" }, "no answer yet") : h("p", settled);
}

function studyLinks(point: Point, found: readonly Answer[], sections: readonly Section[]): ElementContent[] {
  const names = [...new Set([...found.map(({ study }) => study), ...point.studies])];
  return names.flatMap((name, i): ElementContent[] => {
    const here = sections.some((section) => section.name === name);
    const link = here ? h("a", { href: `#${name}` }, name) : h("span", { class: "absent" }, name);
    return i === 0 ? [link] : [h("br"), link];
  });
}
