/** @file Columns that line up. */
import assert from "node:assert/strict";
import { align } from "../../../cli/output/align.ts";

Deno.test("align() measures what the terminal shows: wide characters are two columns, colours none", () => {
  const rows = [["a", "1"], ["模型", "22"], ["\x1b[1mabc\x1b[22m", "333"]];
  assert.equal(align(rows, new Set([1])), "a       1\n模型   22\n\x1b[1mabc\x1b[22m   333\n");
});

Deno.test("align() leaves no spaces at the end of a line", () => {
  assert.equal(align([["a", ""], ["bb", "c"]]), "a\nbb  c\n");
});
