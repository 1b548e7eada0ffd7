/** @file Label noise: how much, where, and that the truth can be had back. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Value } from "../../../dsl/mod.ts";
import type { Dataset } from "../../../stages/artifacts/mod.ts";
import * as corrupt from "../../../stages/corrupt/mod.ts";
import * as load from "../../../stages/load/mod.ts";
import { runStage } from "../_support.ts";
import { labelled, scoresOf } from "../select/_support.ts";

type Data = Value<typeof Dataset>;

function noisy(data: Data, params: Record<string, unknown>): Promise<Data> {
  return runStage<Data>(corrupt.labels, { data }, params);
}

function changed(before: Data, after: Data): number[] {
  return [...before.id].filter((_, row) => before.y[row] !== after.y[row]);
}

Deno.test("corrupt.labels() makes exactly round(rate n) labels wrong, says so, and keeps the truth", async () => {
  const labels = fc.array(fc.nat(4), { minLength: 2, maxLength: 60 }).map((y) => [...y, 4]);
  await fc.assert(
    fc.asyncProperty(labels, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(99), async (y, rate, seed) => {
      const data = labelled(y, [0, 1]);
      const after = await noisy(data, { rate, seed });
      const ids = changed(data, after);
      assert.equal(ids.length, Math.round(rate * y.length));
      after.group.forEach((group, row) => {
        assert.equal(corrupt.isNoisy(group), ids.includes(data.id[row]!));
        assert.equal(corrupt.originalLabel(group, after.y[row]!), data.y[row]);
        assert.equal(corrupt.originalGroup(group), data.group[row]);
        assert.ok(after.y[row]! >= 0 && after.y[row]! <= 4);
      });
      assert.deepEqual([after.id, after.x, after.split], [data.id, data.x, data.split]);
      assert.deepEqual(after.y.slice(-2), data.y.slice(-2));
    }),
  );
});

Deno.test("corrupt.labels() gives every other class alike", async () => {
  const after = await noisy(labelled(new Array<number>(3000).fill(1), [3]), { rate: 1 });
  const counts = [0, 1, 2, 3].map((c) => after.y.slice(0, 3000).filter((y) => y === c).length);
  assert.equal(counts[1], 0);
  // Binomial(3000, 1/3): standard deviation 25.8.
  for (const c of [0, 2, 3]) assert.ok(Math.abs(counts[c]! - 1000) < 130, `${counts}`);
});

Deno.test("corrupt.labels() at a lower rate is part of it at a higher one", async () => {
  const data = labelled(Array.from({ length: 200 }, (_, i) => i % 7));
  const [low, high] = [await noisy(data, { rate: 0.1, seed: 3 }), await noisy(data, { rate: 0.4, seed: 3 })];
  const ids = changed(data, low);
  assert.equal(ids.length, 20);
  for (const id of ids) assert.equal(low.y[id - 100], high.y[id - 100]);
  assert.notDeepEqual(changed(data, await noisy(data, { rate: 0.1, seed: 4 })), ids);
});

Deno.test("corrupt.labels() on a group takes whole words, and counts the rate of all training examples", async () => {
  const data = { ...labelled([0, 1, 0, 1, 0, 1, 0, 1, 0, 1]), group: [] as string[] };
  data.group = [...data.id].map((_, row) => row < 3 ? "atypical red" : "typical red");
  const after = await noisy(data, { rate: 0.3, on: { group: "red atypical" } });
  assert.deepEqual(changed(data, after), [100, 101, 102]);
  assert.equal(changed(data, await noisy(data, { rate: 0.7, on: { group: "typical" } })).includes(100), false);
  await assert.rejects(
    noisy(data, { rate: 0.4, on: { group: "atypical" } }),
    /^RangeError: Cannot mislabel 4 of 10 training examples \(rate 0.4\): 3 are of group "atypical"; lower "rate"$/,
  );
});

Deno.test("corrupt.labels() twice never changes an example back", async () => {
  const data = labelled(Array.from({ length: 100 }, (_, i) => i % 2));
  const once = await noisy(data, { rate: 0.5 });
  const twice = await noisy(once, { rate: 0.5 });
  assert.equal(changed(data, twice).length, 100);
  await assert.rejects(noisy(twice, { rate: 0.01 }), /0 have a label that is not noisy yet/);
});

Deno.test("corrupt.labels() refuses a set of one class", async () => {
  await assert.rejects(
    noisy(labelled([0, 0]), { rate: 1 }),
    /^RangeError: Cannot mislabel .* with 1 classes: it takes two$/,
  );
});

Deno.test("corrupt.labelsByScore() puts the noise where the score is extreme", async () => {
  const data = labelled([0, 1, 0, 1, 0]);
  const scores = scoresOf([[100, 0.5], [101, NaN], [102, 0.9], [103, 0.5], [104, 0.1]]);
  const run = (params: Record<string, unknown>) => runStage<Data>(corrupt.labelsByScore, { data, scores }, params);
  assert.deepEqual(changed(data, await run({ rate: 0.4, on: "highest" })), [100, 102]);
  assert.deepEqual(changed(data, await run({ rate: 0.4, on: "lowest" })), [100, 104]);
  const after = await run({ rate: 0.2, on: "highest" });
  assert.equal(after.group[2], "row 2 noisy was=0");
  await assert.rejects(run({ rate: 1, on: "highest" }), /Cannot mislabel 5 of 5 .*: 4 have score "memorization"/);
  await assert.rejects(run({ rate: 0.2, on: "highest", score: "memorisation" }), /"memorisation".*memorization/);
});

Deno.test("load.parseGroup() reads the group of a long tail's noisy example", () => {
  assert.deepEqual(load.parseGroup("class=3 rank=17 count=1 noisy was=3"), { class: 3, rank: 17, count: 1 });
});
