/** @file The order in which members are seen. */
import fc from "fast-check";
import assert from "node:assert/strict";
import { epochOf, stepsPerEpoch } from "../../../stages/train/batches.ts";

function membersOf(n: number): Int32Array {
  return Int32Array.from({ length: n }, (_, i) => 3 * i + 1);
}

Deno.test("epochOf() shows every member exactly once, the padding with weight 0", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 20 }), fc.nat(), (n, batch, epoch) => {
      const members = membersOf(n);
      const { steps, rows, weights } = epochOf(members, batch, "partial", 1, "branch", epoch);
      assert.equal(steps, Math.ceil(n / batch));
      assert.equal(rows.length, steps * batch);
      const seen = [...rows].filter((_, i) => weights[i] === 1).sort((a, b) => a - b);
      assert.deepEqual(seen, [...members]);
      assert.ok(rows.every((row) => members.includes(row)), "padding is by a member too");
    }),
  );
});

Deno.test('epochOf() with "drop" shows full batches of distinct members only', () => {
  const { steps, rows, weights } = epochOf(membersOf(10), 4, "drop", 1, "branch", 0);
  assert.equal(steps, 2);
  assert.equal(new Set(rows).size, 8);
  assert.ok(weights.every((weight) => weight === 1));
});

Deno.test("epochOf() depends on seed, branch and epoch", () => {
  const order = (seed: number, branch: string, epoch: number) =>
    epochOf(membersOf(30), 8, "partial", seed, branch, epoch).rows.join();
  assert.equal(order(1, "a", 0), order(1, "a", 0));
  const orders = [order(1, "a", 0), order(2, "a", 0), order(1, "b", 0), order(1, "a", 1)];
  assert.equal(new Set(orders).size, 4);
});

Deno.test("stepsPerEpoch() refuses no step at all, with the remedy", () => {
  assert.throws(() => stepsPerEpoch(3, 4, "drop"), /3 members in batches of 4.*lower "batch" or set "lastBatch"/);
  assert.throws(() => stepsPerEpoch(0, 4, "partial"), /no members/);
});
