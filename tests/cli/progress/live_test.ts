/** @file Progress on a terminal. */
import assert from "node:assert/strict";
import { plain } from "../../../cli/output/paint.ts";
import { terminalCanvas } from "../../../cli/progress/canvas.ts";
import { type Canvas, LiveReporter } from "../../../cli/progress/live.ts";
import { FakeSink } from "../fakes.ts";
import { story } from "./story.ts";

function fakeCanvas() {
  const [drawn, above]: [string[], string[]] = [[], []];
  const canvas: Canvas = {
    draw: (text) => void drawn.push(text),
    above: (line) => void above.push(line),
    close() {},
    size: () => ({ columns: 80, rows: 24 }),
  };
  return { canvas, drawn, above };
}

Deno.test("LiveReporter redraws at most ten times a second", () => {
  const { canvas, drawn } = fakeCanvas();
  let now = 0;
  const reporter = new LiveReporter(canvas, plain, () => now);
  reporter.event({ kind: "start", id: "a", branches: { total: 1, ran: 0, cached: 0, failed: 0 }, reason: "" });
  for (; now < 2000; now++) {
    reporter.event({ kind: "progress", id: "a", branch: 0, done: now, total: 2000, unit: "images" });
    reporter.tick();
  }
  assert.equal(drawn.length, 20);
});

Deno.test("LiveReporter leaves a line for what ran or failed, and none for what was cached or skipped", () => {
  const { canvas, above } = fakeCanvas();
  let now = 0;
  const reporter = new LiveReporter(canvas, plain, () => now);
  for (const [at, event] of story) {
    now = at * 1000;
    reporter.event(event);
  }
  assert.deepEqual(above, [
    "✓ masks ran in 0.40 s",
    "warning: sam/train: loss is not finite",
    "✗ sam/train failed 16 branches (4 cached): branch 4 of 16: Loss is not finite",
    "✓ sgd/train ran 16 branches in 79.0 s",
  ]);
});

Deno.test("terminalCanvas() shows the cursor again and erases the drawing when it closes", () => {
  const sink = new FakeSink({ isTerminal: true });
  const canvas = terminalCanvas(sink);
  canvas.draw("one\ntwo");
  canvas.above("done");
  canvas.draw("three");
  canvas.close();
  assert.ok(sink.text.startsWith("\x1b[?25l"), "the cursor is hidden");
  assert.ok(sink.text.endsWith("\x1b[?25h"), "the cursor is shown");
  assert.match(sink.text, /done\n/);
});
