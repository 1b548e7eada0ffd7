/** @file Progress where there is no terminal. */
import assert from "node:assert/strict";
import { PlainReporter } from "../../../cli/progress/plain.ts";
import { noon } from "../fakes.ts";
import { golden } from "../golden.ts";
import { story } from "./story.ts";

Deno.test("PlainReporter writes a line at each start and end and every ten seconds between", () => {
  let [text, seconds] = ["", 0];
  const reporter = new PlainReporter((lines) => text += lines, () => noon + seconds * 1000);
  const events = [...story];
  for (; seconds <= 80; seconds += 0.5) {
    while (events.length > 0 && events[0]![0] <= seconds) reporter.event(events.shift()![1]);
    reporter.tick();
  }
  golden("plain", text);
});

Deno.test("PlainReporter stays quiet however many events come", () => {
  let lines = 0;
  let now = noon;
  const reporter = new PlainReporter(() => lines++, () => now);
  reporter.event({ kind: "start", id: "a", branches: { total: 1, ran: 0, cached: 0, failed: 0 }, reason: "" });
  for (let i = 0; i < 30_000; i++, now++) {
    reporter.event({ kind: "progress", id: "a", branch: 0, done: i, total: 30_000, unit: "images" });
    reporter.event({ kind: "log", id: "a", level: "info", message: "again" });
  }
  assert.equal(lines, 4); // start, log, two reports
});
