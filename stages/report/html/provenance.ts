/** @file What a report took and where it came from: places for facts, which are filled in when it is written to a file. */
import type { Element, ElementContent } from "hast";
import { h } from "hastscript";
import { placeFor } from "./facts.ts";
import type { HtmlParams } from "./params.ts";

/** What one study took, shared zoos counted in full. */
export function took(name: string, { price }: Pick<HtmlParams, "price">): Element {
  return h("dl", { class: "took", ariaLabel: "What it took" }, ...entries(price, name));
}

/** What the whole report took; the command that makes it; and every node behind it. */
export function provenance({ price }: Pick<HtmlParams, "price">): Element[] {
  const headers = ["Node", "Stage", "Branches", "Seconds", "Made", "Device", "Result"];
  return [
    h("p", [
      "Time is that of the branches that were computed, added up as if they had run one after another; what studies ",
      "share counts once here and in full under each of them.",
    ]),
    h("dl", { class: "took whole" }, ...entries(price)),
    h("p", { class: "command" }, "To make it again: ", h("code", [placeFor({ fact: "command" })])),
    h("p", { class: "command" }, [
      "Runs that made or used it: ",
      h("code", "deno task log ", placeFor({ fact: "result" })),
      ". What is cached is not computed again; results have the same digests wherever they are computed alike.",
    ]),
    h(
      "details",
      h("summary", "Every node behind this report"),
      h(
        "div",
        { class: "scroll", tabIndex: 0, role: "region", ariaLabel: "Every node behind this report" },
        h(
          "table",
          { class: "nodes" },
          h("thead", h("tr", headers.map((text) => h("th", { scope: "col" }, text)))),
          h("tbody", [placeFor({ fact: "rows" })]),
        ),
      ),
    ),
  ];
}

function entries(price: HtmlParams["price"], of?: string): Element[] {
  const whose = of === undefined ? {} : { of };
  const facts: [string, ElementContent][] = [
    ["Models trained", placeFor({ fact: "count", type: "Models", ...whose })],
    ["Computing time", placeFor({ fact: "time", ...whose })],
    ...(price === undefined ? [] : [
      ["Cost", placeFor({ fact: "cost", ...price, ...whose })] as [string, ElementContent],
    ]),
    ["Nodes", placeFor({ fact: "nodes", ...whose })],
    ["Device", placeFor({ fact: "devices", ...whose })],
    ["Made", placeFor({ fact: "days", ...whose })],
  ];
  return facts.map(([term, place]) => h("div", h("dt", term), h("dd", [place])));
}
