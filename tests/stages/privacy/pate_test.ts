/** @file Data-dependent privacy of PATE, against the authors' code. */
import assert from "node:assert/strict";
import { gnMax, gnMaxRdp, seededNoise, thresholdRdp } from "../../../stages/privacy/mod.ts";
import reference from "../../fixtures/pate.json" with { type: "json" };

function checkClose(ours: number, theirs: number, what: string): void {
  assert.ok(Math.abs(ours - theirs) <= 1e-9 * theirs + 1e-300, `${what}: ${ours} instead of ${theirs}`);
}

Deno.test("gnMaxRdp() is the authors' bound, where teachers agree and where they do not", () => {
  for (const { votes, deviation, rdp } of reference.gnMax) {
    reference.orders.forEach((order, i) => {
      checkClose(gnMaxRdp(votes, deviation, order), rdp[i]!, `${votes} at ${order}`);
    });
  }
  // The fixture has both: bounds that depend on votes, and those that do not.
  const [agreed, split] = [reference.gnMax[0]!, reference.gnMax[3]!];
  assert.ok(agreed.rdp[0]! < 0.1 * 1.5 / agreed.deviation ** 2);
  assert.equal(split.rdp[0], 1.5 / split.deviation ** 2);
});

Deno.test("thresholdRdp() is the authors' bound", () => {
  for (const { most, votes, deviation, rdp } of reference.threshold) {
    reference.orders.forEach((order, i) => {
      checkClose(thresholdRdp(most, { votes, deviation }, order), rdp[i]!, `${most} at ${order}`);
    });
  }
});

Deno.test("gnMax() does not enter costs that tell of the votes", () => {
  const costs = [[250, 0, 0], [130, 120, 0]].map((votes) => {
    return gnMax(votes, "add-remove", { deviation: 40 }, seededNoise(1)).guarantee.costs;
  });
  assert.deepEqual(costs[0], costs[1]);
  assert.throws(() => gnMaxRdp([1, 2], 40, 1), /^RangeError: "order" is above 1, not 1/);
  assert.throws(() => gnMaxRdp([1], 40, 2), /^RangeError: "number of classes" is an integer from 2 on/);
});
