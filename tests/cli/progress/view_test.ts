/** @file What progress looks like. */
import assert from "node:assert/strict";
import stringWidth from "string-width";
import { plain } from "../../../cli/output/paint.ts";
import { fold, initialState } from "../../../cli/progress/state.ts";
import { view } from "../../../cli/progress/view.ts";
import { golden } from "../golden.ts";
import { story } from "./story.ts";

/** The state of the story at a time, in seconds. */
function stateAt(seconds: number) {
  const state = initialState(0);
  for (const [at, event] of story) if (at <= seconds) fold(state, event, at * 1000);
  return state;
}

Deno.test("view() draws nodes at work and the whole run", () => {
  const options = { columns: 100, rows: 24, paint: plain };
  const frames = [0, 1, 1.5, 6.5, 8, 9, 12, 25, 80].map((at) =>
    `-- ${at} s\n${view(stateAt(at), at * 1000, options)}\n`
  );
  golden("view", frames.join(""));
});

Deno.test("view() never draws beyond the terminal", () => {
  for (const [columns, rows] of [[20, 3], [40, 2], [10, 10]] as const) {
    const lines = view(stateAt(9), 9000, { columns, rows, paint: plain }).split("\n");
    assert.ok(lines.length <= Math.max(3, rows), `${lines.length} lines in ${rows} rows`);
    for (const line of lines) assert.ok(stringWidth(line) <= columns, line);
  }
});
