/** @file Which examples are kept: balance, nesting, determinism. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { pick } from "../../../stages/load/subset.ts";

const labelled = fc.array(fc.nat(4), { minLength: 1, maxLength: 60 }).map((labels) => Uint8Array.from(labels));
const seeds = fc.nat(1000);

function balanced(labels: Uint8Array, count: number, seed: number): Uint32Array {
  return pick(labels, { count, pick: "balanced", seed, split: "train" });
}

Deno.test("pick() takes different examples, ascending, as many as asked for", () => {
  fc.assert(fc.property(labelled, seeds, fc.nat(), (labels, seed, some) => {
    const count = some % (labels.length + 1);
    const indices = balanced(labels, count, seed);
    assert.equal(indices.length, count);
    indices.forEach((index, i) => assert.ok(index < labels.length && (i === 0 || indices[i - 1]! < index)));
  }));
});

Deno.test("pick() balances classes: none has two more than another that has some left", () => {
  fc.assert(fc.property(labelled, seeds, fc.nat(), (labels, seed, some) => {
    const indices = balanced(labels, some % (labels.length + 1), seed);
    const there = new Map<number, number>();
    const taken = new Map<number, number>();
    for (const label of labels) there.set(label, (there.get(label) ?? 0) + 1);
    for (const index of indices) taken.set(labels[index]!, (taken.get(labels[index]!) ?? 0) + 1);
    const most = Math.max(0, ...taken.values());
    for (const [label, count] of there) {
      const got = taken.get(label) ?? 0;
      assert.ok(got >= most - 1 || got === count, `class ${label}: ${got} of ${count}, most ${most}`);
    }
  }));
});

Deno.test("pick() makes a smaller balanced subset part of every larger one with the same seed", () => {
  fc.assert(fc.property(labelled, seeds, fc.nat(), fc.nat(), (labels, seed, a, b) => {
    const [few, many] = [a % (labels.length + 1), b % (labels.length + 1)].sort((x, y) => x - y) as [number, number];
    const larger = new Set(balanced(labels, many, seed));
    for (const index of balanced(labels, few, seed)) assert.ok(larger.has(index));
  }));
});

Deno.test("pick() depends on seed and split, and on nothing else", () => {
  const labels = Uint8Array.from({ length: 1000 }, (_, i) => i % 10);
  const first = balanced(labels, 100, 1);
  assert.deepEqual(balanced(labels, 100, 1), first);
  assert.notDeepEqual(balanced(labels, 100, 2), first);
  assert.notDeepEqual(pick(labels, { count: 100, pick: "balanced", seed: 1, split: "test" }), first);
  // Committed: a change here changes every cut data set.
  assert.deepEqual([...balanced(labels, 10, 0)], [100, 184, 359, 363, 436, 495, 572, 677, 948, 991]);
});

Deno.test("pick() takes the first, or all", () => {
  const labels = Uint8Array.of(1, 1, 0);
  assert.deepEqual([...pick(labels, { count: 2, pick: "first", seed: 0, split: "train" })], [0, 1]);
  assert.deepEqual([...pick(labels, { count: undefined, pick: "balanced", seed: 0, split: "train" })], [0, 1, 2]);
  assert.deepEqual([...pick(labels, { count: 0, pick: "balanced", seed: 0, split: "test" })], []);
});

Deno.test("pick() refuses more than there are", () => {
  assert.throws(
    () => pick(Uint8Array.of(0), { count: 2, pick: "first", seed: 0, split: "test" }),
    /^RangeError: Cannot keep 2 test examples: there are 1; ask for fewer$/,
  );
});
