/** @file Tables as LaTeX for the booktabs package. */
// @ts-types="@types/escape-latex"
import escapeLatex from "escape-latex";
import { type Layout, type LayoutCell, TIE } from "./layout.ts";
import { wrap } from "./wrap.ts";

/** Signs that fonts in the old encoding lack, or that belong to mathematics. */
const SIGNS = {
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  '"': "\\textquotedbl{}",
  "±": "$\\pm$",
  "−": "$-$",
  "∞": "$\\infty$",
  "–": "--",
  "↑": "$\\uparrow$",
  "↓": "$\\downarrow$",
  "†": "$^\\dagger$",
  "\u00a0": "~",
  "\n": " ",
};

/** Characters in a line of a header: about as many as in a number with its interval, so that headers widen no column. */
const HEADER_WIDTH = 13;

/**
 * Writes a table as LaTeX. A document that includes it needs `\usepackage{booktabs}`, and
 * `\usepackage[T1]{fontenc}` where a label contains a straight double quote.
 *
 * @param label what `\ref` finds it by; empty for none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { latex } from "engram/stages/report/latex.ts";
 * const text = latex({ headers: [["optimizer"]], rows: [{ label: "50 % & more", cells: [] }], caption: ["Done."] }, "");
 * assert(text.includes("50 \\% \\& more \\\\"));
 * ```
 */
export function latex({ headers, rows, caption }: Layout, label: string): string {
  const heads = headers.map((lines) => lines.flatMap((line) => wrap(line, HEADER_WIDTH)));
  const depth = Math.max(...heads.map((lines) => lines.length));
  // Headers stand on the rule.
  const heading = Array.from(
    { length: depth },
    (_, line) => row(heads.map((lines) => escape(lines[line - depth + lines.length] ?? ""))),
  );
  return [
    "% needs \\usepackage{booktabs}",
    "\\begin{table}",
    "  \\centering",
    `  \\caption{${escape(caption.join(" "))}}`,
    ...(label === "" ? [] : [`  \\label{${label}}`]),
    `  \\begin{tabular}{l${"r".repeat(headers.length - 1)}}`,
    "    \\toprule",
    ...heading,
    "    \\midrule",
    ...rows.map(({ label, cells }) => row([escape(label), ...cells.map(cell)])),
    "    \\bottomrule",
    "  \\end{tabular}",
    "\\end{table}",
    "",
  ].join("\n");
}

function row(cells: readonly string[]): string {
  const line = cells.join(" & ").trimEnd();
  // After a line's end and after a rule, TeX takes a bracket or a star for an option.
  return `    ${/^[[*]/.test(line) ? "{}" : ""}${line} \\\\`;
}

function cell({ text, standing }: LayoutCell): string {
  if (standing === "best") return `\\textbf{${escape(text)}}`;
  // The sign hangs over into the gap, so that numbers stay aligned.
  return standing === "tie" ? `${escape(text)}\\rlap{${escape(TIE)}}` : escape(text);
}

function escape(text: string): string {
  return escapeLatex(text, { escapeMapFn: (escapes) => ({ ...escapes, ...SIGNS }) });
}
