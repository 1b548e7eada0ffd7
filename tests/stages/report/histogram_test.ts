/** @file Histograms of attacks' scores. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { histogram } from "../../../stages/report/histogram.ts";

Deno.test("histogram() counts scores on shared bins and puts what lies beyond into the outermost", () => {
  const first = { members: Float64Array.of(0, 1, 2, 100), nonMembers: Float64Array.of(0, 0) };
  const second = { members: Float64Array.of(4), nonMembers: Float64Array.of(-50, 3) };
  const [a, b] = histogram([first, second], { bins: 2, cut: 0.13 });
  assert.deepEqual(a!.map(({ from, to }) => [from, to]), [[0, 2], [2, 4], [0, 2], [2, 4]]);
  assert.deepEqual(a!.map(({ who, share }) => [who, share]), [
    ["members", 0.5],
    ["members", 0.5],
    ["non-members", 1],
    ["non-members", 0],
  ]);
  assert.deepEqual(b!.map(({ share }) => share), [0, 1, 0.5, 0.5]);
});

Deno.test("histogram() has shares that sum to 1, whatever the scores", () => {
  const scores = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 30 });
  fc.assert(fc.property(scores, scores, fc.integer({ min: 2, max: 9 }), (ins, outs, bins) => {
    const group = { members: Float64Array.from(ins), nonMembers: Float64Array.from(outs) };
    const [bars] = histogram([group], { bins, cut: 0.05 });
    for (const who of ["members", "non-members"]) {
      const sum = bars!.filter((bar) => bar.who === who).reduce((total, { share }) => total + share, 0);
      assert.ok(Math.abs(sum - 1) < 1e-9);
    }
  }));
});

Deno.test("histogram() refuses an attack without non-members", () => {
  const group = { members: Float64Array.of(1), nonMembers: new Float64Array() };
  assert.throws(() => histogram([group], { bins: 3, cut: 0 }), /without non-members/);
});
