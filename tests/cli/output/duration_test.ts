/** @file Durations for people. */
import assert from "node:assert/strict";
import { clock, inSeconds } from "../../../cli/output/duration.ts";

Deno.test("inSeconds() gives seconds below 100 and a clock above", () => {
  const cases: [number, string][] = [
    [0, "0.00 s"],
    [0.994, "0.99 s"],
    [0.999, "1.0 s"],
    [41.23, "41.2 s"],
    [99.96, "1:40"],
    [3600, "1:00:00"],
  ];
  for (const [seconds, text] of cases) assert.equal(inSeconds(seconds), text);
});

Deno.test("clock() counts minutes, and hours once there are any", () => {
  const cases: [number, string][] = [[-1, "0:00"], [7.4, "0:07"], [59.6, "1:00"], [723, "12:03"], [3723, "1:02:03"], [
    360000,
    "100:00:00",
  ]];
  for (const [seconds, text] of cases) assert.equal(clock(seconds), text);
});
