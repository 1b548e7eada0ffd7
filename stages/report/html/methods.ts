/** @file The methods section as HTML: each step with what it does, its settings, and how uses of it differ. */
import type { Element, ElementContent } from "hast";
import { h } from "hastscript";
import type { Methods, Step } from "./params.ts";

/** So many subsections are open at first: data, masks and models. */
const OPEN = 3;

/** A subsection for each kind of result, an entry for each step. */
export function methodsOf(methods: Methods): Element[] {
  return methods.flatMap(({ title, steps }, i) => [h("h3", title), ...steps.map((step) => stepOf(step, i < OPEN))]);
}

function stepOf({ stage, doc, uses, studies, common, differing, variants }: Step, open: boolean): Element {
  const where = `${uses} ${uses === 1 ? "use" : "uses"}, in ${studies.join(", ")}`;
  return h(
    "details",
    { class: "step", open },
    h("summary", h("code", stage), " ", doc.replace(/\.?$/, "."), " ", h("small", where)),
    ...(common.length === 0 ? [] : [settings(common)]),
    ...(variants.length === 0 ? [] : [variantsTable(stage, differing, variants)]),
    ...(common.length + variants.length === 0 ? [h("p", { class: "note" }, "It has no settings.")] : []),
  );
}

function settings(common: Step["common"]): Element {
  const entries = common.flatMap(({ name, value, meaning }): ElementContent[] => [
    h("dt", h("code", name)),
    h("dd", h("b", value), meaning === "" ? "" : ` ${meaning}`),
  ]);
  return h("dl", { class: "settings" }, entries);
}

/** A row a combination of settings, with the places that use it. */
function variantsTable(stage: string, differing: Step["differing"], variants: Step["variants"]): Element {
  const headers = differing.map(({ name, meaning }) => h("th", { scope: "col", title: meaning || name }, name));
  const rows = variants.map(({ names, values }) =>
    h("tr", h("th", { scope: "row" }, shortened(names)), values.map((value) => h("td", value)))
  );
  return h(
    "div",
    { class: "scroll", tabIndex: 0, role: "region", ariaLabel: `Settings of ${stage} that differ` },
    h("table", h("thead", h("tr", h("th", { scope: "col" }, "Where"), headers)), h("tbody", rows)),
  );
}

function shortened(names: readonly string[]): string {
  return names.length <= 4 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
}
