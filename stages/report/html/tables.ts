/** @file Tables of a pipeline as HTML: what they say as Markdown, with headers that screen readers find. */
import type { Element, ElementContent, Root } from "hast";
import { h } from "hastscript";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmTableFromMarkdown } from "mdast-util-gfm-table";
import { toHast } from "mdast-util-to-hast";
import { gfmTable } from "micromark-extension-gfm-table";
import type { Value } from "../../../dsl/mod.ts";
import type { Table } from "../../artifacts/mod.ts";

/** A table of a pipeline: its Markdown as HTML, captions below; without Markdown, its first format as text. */
export function tableOf(document: Value<typeof Table>, title: string): ElementContent[] {
  const at = document.extension.indexOf("md");
  if (at === -1) return [h("pre", document.content[0] ?? "")];
  const tree = toHast(
    fromMarkdown(document.content[at]!, { extensions: [gfmTable()], mdastExtensions: [gfmTableFromMarkdown()] }),
  ) as Root;
  const blocks = tree.children.filter((child): child is Element => child.type === "element");
  return blocks.map((block) => block.tagName === "table" ? scrolling(block, title) : noteOf(block));
}

function noteOf(block: Element): Element {
  return block.tagName === "p" ? h("p", { class: "note" }, block.children) : block;
}

/** Wide tables scroll by themselves, also by keyboard. */
function scrolling(table: Element, title: string): Element {
  const [head, body] = ["thead", "tbody"].map((name) => elements(table).find(({ tagName }) => tagName === name));
  return h(
    "div",
    { class: "scroll", tabIndex: 0, role: "region", ariaLabel: title },
    h(
      "table",
      h("caption", title),
      h("thead", head === undefined ? [] : elements(head).map((row) => h("tr", cells(row, headerCell)))),
      h("tbody", body === undefined ? [] : elements(body).map((row) => h("tr", cells(row, bodyCell)))),
    ),
  );
}

function cells(row: Element, cell: (of: Element, column: number) => Element): Element[] {
  return elements(row).map(cell);
}

function headerCell({ children, properties }: Element): Element {
  if (children.length === 0) return h("td"); // which is no header
  return h("th", { scope: "col", class: classOf(properties) }, children);
}

/** A row is named by its first cell. */
function bodyCell({ children, properties }: Element, column: number): Element {
  return column === 0
    ? h("th", { scope: "row" }, children)
    : h("td", { class: classOf(properties) }, children.map(withInterval));
}

/** An interval stands below its number, so that many columns fit. */
function withInterval(child: ElementContent): ElementContent {
  if (child.type === "element") return { ...child, children: child.children.map(withInterval) };
  const parts = child.type === "text" ? /^(\S+) (\[[^\]]+\])(.*)$/.exec(child.value) : null;
  if (parts === null) return child;
  const [, number = "", interval = "", rest = ""] = parts;
  // A mark such as † stays with its number; what begins with a comma is about both.
  const [mark, remark] = rest.startsWith(",") ? ["", rest.replace(/^,\s*/, "")] : [rest, ""];
  const after = remark === "" ? [] : [h("span", { class: "range" }, remark)];
  return h("span", `${number}${mark} `, h("span", { class: "range" }, interval), ...after);
}

function classOf({ align }: Element["properties"]): string | undefined {
  return align === "right" ? "num" : undefined;
}

function elements(parent: Element): Element[] {
  return parent.children.filter((child): child is Element => child.type === "element");
}
