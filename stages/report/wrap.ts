/** @file Breaks text into lines: neither Vega nor a LaTeX tabular does. */

/**
 * Lines of at most `width` characters, broken at spaces (not at no-break spaces); a longer word has a line of its own.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { wrap } from "engram/stages/report/wrap.ts";
 * assert(wrap("one two three", 8).join("|") === "one two|three");
 * ```
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/[ \n]+/).filter((word) => word !== "")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
