/** @file The synthetic long tail: its sizes, and that its singletons are what they claim. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Value } from "../../../dsl/mod.ts";
import type { Dataset } from "../../../stages/artifacts/dataset.ts";
import { formatGroup, zipfSizes } from "../../../stages/load/long_tail_groups.ts";
import * as load from "../../../stages/load/mod.ts";
import { recordingContext, runSource, sha256 } from "./support.ts";

type Params = Parameters<typeof load.longTail>[0];

function generate(params: Params = {}): Promise<Value<typeof Dataset>> {
  return runSource(load.longTail(params), recordingContext("unused").context);
}

Deno.test("zipfSizes() adds up, never rises, and rounds each share except where one is the least", () => {
  const groups = fc.integer({ min: 1, max: 30 });
  fc.assert(fc.property(groups, fc.nat(400), fc.double({ min: 0, max: 4, noNaN: true }), (groups, more, exponent) => {
    const sizes = zipfSizes(groups + more, groups, exponent);
    assert.equal(sizes.length, groups);
    assert.equal(sizes.reduce((a, b) => a + b, 0), groups + more);
    assert.ok(sizes.every((size, rank) => size >= 1 && (rank === 0 || size <= sizes[rank - 1]!)));
    // Some scale rounds all shares to their sizes: the largest lower bound is below the smallest upper bound.
    const weights = sizes.map((_, rank) => (rank + 1) ** -exponent);
    const low = Math.max(...sizes.map((size, rank) => size === 1 ? 0 : (size - 0.5) / weights[rank]!));
    const high = Math.min(...sizes.map((size, rank) => (size + 0.5) / weights[rank]!));
    assert.ok(low <= high * (1 + 1e-12));
  }));
});

Deno.test("zipfSizes() refuses fewer examples than groups", () => {
  assert.throws(() => zipfSizes(3, 4, 1), /^RangeError: Cannot share 3 examples among 4 subpopulations: give each/);
});

Deno.test("parseGroup() reads what formatGroup() writes, and refuses other groups", () => {
  fc.assert(fc.property(fc.nat(), fc.nat(), fc.nat(), (label, rank, count) => {
    const subpopulation = { class: label, rank, count };
    assert.deepEqual(load.parseGroup(formatGroup(subpopulation)), subpopulation);
  }));
  assert.throws(() => load.parseGroup(""), /^TypeError: Cannot read "" as a subpopulation/);
});

Deno.test("load.longTail() states for each example how many training examples its subpopulation has", async () => {
  const data = await generate({ classes: 3, train: 100, test: 50, subpopulations: 8, labelNoise: 0.1 });
  const counts = new Map<string, number>();
  data.group.forEach((group, row) => {
    if (data.split[row] === "train") counts.set(group, (counts.get(group) ?? 0) + 1);
  });
  assert.equal(counts.size, 3 * 8);
  for (const [group, count] of counts) assert.equal(load.parseGroup(group).count, count);
  const tested = new Set(data.group.filter((_, row) => data.split[row] === "test"));
  assert.deepEqual([...tested].sort(), [...counts.keys()].sort());
  assert.deepEqual([...data.id], Array.from({ length: 150 }, (_, i) => i));
  assert.equal(data.split.indexOf("test"), 100);
  assert.equal(data.split.lastIndexOf("train"), 99);
});

Deno.test("load.longTail() mislabels exactly the fraction asked for, in training only", async () => {
  const data = await generate({ classes: 5, train: 200, test: 100, subpopulations: 10, labelNoise: 0.15 });
  const wrong = data.group.map((group, row) => load.parseGroup(group).class !== data.y[row]);
  assert.equal(wrong.filter((isWrong, row) => isWrong && row < 200).length, 30);
  assert.equal(wrong.filter((isWrong, row) => isWrong && row >= 200).length, 0);
  assert.ok(data.y.every((label) => label >= 0 && label < 5));
  const clean = await generate({ classes: 5, train: 200, test: 100, subpopulations: 10 });
  assert.deepEqual(clean.x, data.x, "label noise changes labels only");
});

Deno.test("load.longTail() has 18 singletons a class by default, and none where all are equally large", async () => {
  const data = await generate();
  const singletons = data.group.filter((group, row) => data.split[row] === "train" && / count=1$/.test(group));
  assert.equal(singletons.length, 10 * 18);
  const flat = await generate({ exponent: 0 });
  assert.deepEqual([...new Set(flat.group.map((group) => load.parseGroup(group).count))], [5]);
});

/** The row nearest to `row` among the training rows, without `except`. */
function nearest(data: Value<typeof Dataset>, row: number, except = -1): number {
  const pixels = data.x.data.length / data.x.shape[0]!;
  let best = -1;
  let least = Infinity;
  for (let other = 0; data.split[other] === "train"; other++) {
    if (other === except) continue;
    let distance = 0;
    for (let p = 0; p < pixels && distance < least; p++) {
      distance += (data.x.data[row * pixels + p]! - data.x.data[other * pixels + p]!) ** 2;
    }
    if (distance < least) [best, least] = [other, distance];
  }
  return best;
}

Deno.test("load.longTail() plants singletons that a 1-nearest-neighbour learner must memorize", async () => {
  const data = await generate();
  const rows = Array.from(data.group, (_, row) => row);
  const singletons = rows.filter((row) => row < 2000 && load.parseGroup(data.group[row]!).count === 1);
  // memorization = Pr[right | trained on it] - Pr[right | not]; the first is 1 for this learner.
  const guessed = singletons.filter((row) => data.y[nearest(data, row, row)] === data.y[row]).length;
  const memorization = 1 - guessed / singletons.length;
  // Expected 0.9; the standard deviation over 180 singletons is 0.022.
  assert.ok(memorization > 0.8 && memorization < 0.98, `memorization ${memorization}`);
  // Influence: the test examples of its group are classified by the singleton itself.
  const tested = rows.filter((row) => row >= 2000 && load.parseGroup(data.group[row]!).count === 1);
  assert.equal(tested.length, 180);
  assert.ok(tested.every((row) => data.group[nearest(data, row)] === data.group[row]));
  // Frequent examples need no memorization.
  const frequent = rows.filter((row) => row < 2000 && load.parseGroup(data.group[row]!).rank === 0).slice(0, 50);
  assert.ok(frequent.every((row) => data.y[nearest(data, row, row)] === data.y[row]));
});

Deno.test("load.longTail() is the same for the same parameters, and another for another seed", async () => {
  const params = { classes: 2, train: 40, test: 20, subpopulations: 5, side: 4 };
  const data = await generate(params);
  assert.deepEqual(await generate(params), data);
  assert.notDeepEqual((await generate({ ...params, seed: 1 })).x, data.x);
  // Committed: a change here changes every synthetic data set.
  assert.equal(sha256(data.x.data), "b16b5c0d0aedb9be9b7b57cbf004277acaa2755c8ab86ab6ae3663afead53beb");
});

Deno.test("load.longTail() refuses classes with fewer examples than subpopulations", async () => {
  await assert.rejects(generate({ classes: 10, train: 100, subpopulations: 11 }), /share 10 examples among 11/);
});
