/** @file How fast work goes. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Rate } from "../../../cli/progress/rate.ts";

Deno.test("Rate.at() knows nothing before half a second of work", () => {
  const rate = new Rate();
  assert.equal(rate.at(0), undefined);
  rate.note(0, 0);
  rate.note(100, 400);
  assert.equal(rate.at(400), undefined);
});

Deno.test("Rate.at() finds a steady rate, however often it is told", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1, max: 5000 }), (step, perSecond) => {
      const rate = new Rate();
      for (let now = 0; now <= 30_000; now += step) rate.note(now / 1000 * perSecond, now);
      const measured = rate.at(30_000 - 30_000 % step)!;
      assert.ok(Math.abs(measured / perSecond - 1) < 1e-6, `${measured} instead of ${perSecond}`);
    }),
  );
});

Deno.test("Rate.at() forgets what is older than ten seconds", () => {
  const rate = new Rate();
  for (let second = 0; second <= 60; second++) {
    rate.note(second <= 30 ? second * 1000 : 30_000 + (second - 30) * 10, second * 1000);
  }
  assert.equal(rate.at(60_000), 10);
});

Deno.test("Rate.at() falls while nothing happens", () => {
  const rate = new Rate();
  rate.note(0, 0);
  rate.note(1000, 1000);
  assert.equal(rate.at(1000), 1000);
  assert.equal(rate.at(5000), 200);
});
