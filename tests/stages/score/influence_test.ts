/** @file Influence, against the sums of Algorithm 1. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Value } from "../../../dsl/mod.ts";
import { type Influence, NO_EXAMPLE } from "../../../stages/artifacts/mod.ts";
import { influence } from "../../../stages/score/mod.ts";
import { dataset, logitsFromBits, masksOf, runStage } from "../_support.ts";

type Influences = Value<typeof Influence>;

Deno.test("influence() is Algorithm 1 by its sums, for any zoo", async () => {
  // Up to 70 models: more than two words of 32 bits.
  const zoos = fc.integer({ min: 2, max: 70 }).chain((models) =>
    fc.record({
      M: fc.array(fc.array(fc.nat(1), { minLength: 4, maxLength: 4 }), { minLength: models, maxLength: models }),
      T: fc.array(fc.array(fc.nat(1), { minLength: 3, maxLength: 3 }), { minLength: models, maxLength: models }),
    })
  );
  const data = dataset([0, 1, 0, 1], [0, 1, 1]);
  await fc.assert(
    fc.asyncProperty(zoos, async ({ M, T }) => {
      const logits = logitsFromBits(data, T.map((bits) => [0, 0, 0, 0, ...bits]));
      const value = await runStage<Influences>(influence, { masks: masksOf(data, M), logits, data }, {
        support: "all",
      });
      for (let j = 0; j < 3; j++) {
        for (let i = 0; i < 4; i++) {
          const sides = [1, 0].map((side) => T.filter((_, k) => M[k]![i] === side).map((bits) => bits[j]!));
          const [p, q] = sides.map((side) => side.reduce((sum, bit) => sum + bit, 0) / side.length) as [number, number];
          const found = value.influence.data[4 * j + i]!;
          // An example that was in all models or in none has no influence that could be told.
          if (Number.isNaN(p - q)) assert.ok(Number.isNaN(found));
          else assert.ok(Math.abs(found - (p - q)) < 1e-6, `${found} is not ${p - q}`);
        }
      }
    }),
    { numRuns: 60 },
  );
});

Deno.test('influence() with support "same-class" keeps the training examples of the test example\'s class', async () => {
  // Class 0 has one training example, class 1 three, class 2 none.
  const data = dataset([1, 0, 1, 1], [0, 2, 1]);
  const masks = masksOf(data, [[1, 1, 0, 0], [0, 0, 1, 1]]);
  const bits = [[0, 0, 0, 0, 1, 1, 1], [0, 0, 0, 0, 0, 0, 0]];
  const value = await runStage<Influences>(influence, { masks, logits: logitsFromBits(data, bits, 3), data });
  assert.deepEqual(value.train.shape, [3, 3]);
  assert.deepEqual([...value.train.data], [
    ...[101, NO_EXAMPLE, NO_EXAMPLE],
    ...[NO_EXAMPLE, NO_EXAMPLE, NO_EXAMPLE],
    ...[100, 102, 103],
  ]);
  assert.deepEqual([...value.influence.data], [1, 0, 0, 0, 0, 0, 1, -1, -1]);
});

Deno.test("influence() of 5,000 training examples on 1,000 test examples with 64 models is the estimator's in every cell tried", async () => {
  const [n, m, models] = [5000, 1000, 64];
  const data = dataset(new Array<number>(n).fill(0), new Array<number>(m).fill(0));
  // A cheap deterministic pattern; what matters is the size.
  const bit = (k: number, row: number) => (Math.imul(k + 1, row + 7) >>> 3) & 1;
  const masks = masksOf(data, Array.from({ length: models }, (_, k) => Array.from({ length: n }, (_, i) => bit(k, i))));
  const logits = logitsFromBits(
    data,
    Array.from({ length: models }, (_, k) => Array.from({ length: n + m }, (_, row) => bit(row, k))),
  );
  const { influence: found } = await runStage<Influences>(influence, { masks, logits, data }, { support: "all" });
  const zoo = [...Array(models).keys()];
  for (const [test, train] of [[0, 0], [1, 4999], [999, 3], [123, 2345], [998, 4098]] as const) {
    const accuracy = (member: number) => {
      const those = zoo.filter((k) => bit(k, train) === member);
      return those.reduce((sum, k) => sum + bit(n + test, k), 0) / those.length;
    };
    const [value, expected] = [found.data[test * n + train]!, accuracy(1) - accuracy(0)];
    // The pattern leaves examples that every model has: their influence is unknown.
    if (Number.isNaN(expected)) assert.ok(Number.isNaN(value));
    else assert.ok(Math.abs(value - expected) < 1e-6, `${test}, ${train}: ${value} against ${expected}`);
  }
});

Deno.test("influence() refuses a matrix that no file could hold, before reading the zoo", async () => {
  const data = dataset(new Array<number>(60_000).fill(0), new Array<number>(10_000).fill(0));
  await assert.rejects(
    runStage(influence, { masks: masksOf(data, [[]]), logits: logitsFromBits(data, [[]]), data }, { support: "all" }),
    /^RangeError: Cannot hold the influence of 60000 training examples on 10000 test examples.*use support "same-class"/,
  );
});
