/** @file Influence entropy, against values worked out by hand, and buckets. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Value } from "../../../dsl/mod.ts";
import { type Buckets, type Influence, NO_EXAMPLE } from "../../../stages/artifacts/mod.ts";
import { type EntropyOptions, influenceEntropy, influenceEntropyOf } from "../../../stages/bucket/mod.ts";
import { dataset, runStage } from "../_support.ts";

type Bucketed = Value<typeof Buckets>;
const plain = { transform: "abs", topK: "all", base: 2, smoothing: 0, uninfluenced: "uniform" } as const;

function entropy(influences: readonly number[], options: Partial<EntropyOptions> = {}): number {
  return influenceEntropyOf(influences, { ...plain, ...options });
}

function close(actual: number, wanted: number, tolerance = 1e-12): void {
  assert.ok(Math.abs(actual - wanted) <= tolerance, `${actual} is not ${wanted}`);
}

/** An influence on test examples 103, 104 … of the training examples 100, 101, 102. */
function influenceOf(
  rows: readonly (readonly number[])[],
): { influence: Value<typeof Influence>; data: ReturnType<typeof dataset> } {
  const data = dataset([0, 0, 0], rows.map(() => 0));
  const padded = rows.map((row) => [...row, ...new Array<number>(3 - row.length).fill(0)]);
  const ids = rows.map((row) => [0, 1, 2].map((i) => i < row.length ? 100 + i : NO_EXAMPLE));
  const shape = [rows.length, 3];
  return {
    data,
    influence: {
      example: data.id.slice(3),
      train: { data: Uint32Array.from(ids.flat()), shape },
      influence: { data: Float32Array.from(padded.flat()), shape },
    },
  };
}

Deno.test("influenceEntropyOf() under each convention is what one works out by hand", () => {
  // abs: weights 1/2 1/4 1/4 of 1.   relu: 1/2 0 1/4, p = 2/3 1/3.   shift by 1/4: 3/4 0 1/2, p = 3/5 2/5.
  const row = [0.5, -0.25, 0.25];
  close(entropy(row), 1.5);
  close(entropy(row, { base: "e" }), 1.5 * Math.LN2);
  close(entropy(row, { transform: "relu" }), 2 / 3 * Math.log2(3 / 2) + 1 / 3 * Math.log2(3));
  close(entropy(row, { transform: "shift" }), 3 / 5 * Math.log2(5 / 3) + 2 / 5 * Math.log2(5 / 2));
  // The two largest weights are 1/2 and 1/4.
  close(entropy(row, { topK: 2 }), 2 / 3 * Math.log2(3 / 2) + 1 / 3 * Math.log2(3));
  close(entropy(row, { topK: 1 }), 0);
  close(entropy(row, { topK: 7 }), 1.5);
  // ε = 1/2: p = 1/3 1/6 1/6, and 1/2 is added inside the logarithm.
  close(entropy(row, { smoothing: 0.5 }), -(1 / 3 * Math.log2(5 / 6) + 1 / 3 * Math.log2(2 / 3)));
});

Deno.test("influenceEntropyOf() of a row without influence is that of equal weights, or 0 if told so", () => {
  close(entropy([0, 0, 0, 0]), 2);
  close(entropy([0, 0, 0, 0], { uninfluenced: "zero" }), 0);
  close(entropy([-1, -1], { transform: "relu" }), 1);
  // The limit of nearly equal influences, which is why "uniform" is the default.
  close(entropy([1e-9, 1e-9, -1e-9, 1e-9]), 2);
});

Deno.test("influenceEntropyOf() lies between 0 and the logarithm of the support, and scale does not change it", () => {
  const row = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });
  fc.assert(fc.property(row, fc.constantFrom("abs", "relu", "shift"), (influences, transform) => {
    const value = entropy(influences, { transform });
    assert.ok(value >= -1e-12 && value <= Math.log2(influences.length) + 1e-9);
    close(entropy(influences.map((v) => 4 * v), { transform }), value, 1e-9);
  }));
});

Deno.test("influenceEntropy() puts the lowest entropy in bucket 1, in the order of the test examples", async () => {
  // Entropies in bits: log2 3, 0, 1, 1.5, and 0 with a support of one.
  const rows = [[1, 1, 1], [0, 1, 0], [1, -1, 0], [2, 1, 1], [0.5]];
  const value = await runStage<Bucketed>(influenceEntropy, influenceOf(rows), { base: 2, smoothing: 0, buckets: 5 });
  assert.deepEqual([...value.example], [103, 104, 105, 106, 107]);
  assert.deepEqual([...value.entropy].map((h) => Math.round(h * 1e9) / 1e9), [1.584962501, 0, 1, 1.5, 0]);
  // 104 and 107 tie at 0: the smaller id comes first.
  assert.deepEqual([...value.bucket], [5, 1, 3, 4, 2]);
});

Deno.test("influenceEntropy() of equal influences in another order ties exactly, so that the id decides", async () => {
  // 0.1 + 0.2 + 0.3 and 0.3 + 0.2 + 0.1 differ in their last bit.
  const rows = [[0.3, 0.2, 0.1], [0.1, 0.2, 0.3], [0.2, 0.3, 0.1], [0.1, 0.3, 0.2]];
  const { entropy, bucket } = await runStage<Bucketed>(influenceEntropy, influenceOf(rows), { buckets: 4 });
  assert.equal(new Set(entropy).size, 1);
  assert.deepEqual([...bucket], [1, 2, 3, 4]);
});

Deno.test("influenceEntropy() cuts buckets of equal count, the first ones larger by one if need be", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 3, maxLength: 3 }), {
        minLength: 5,
        maxLength: 40,
      }),
      fc.integer({ min: 1, max: 5 }),
      async (rows, buckets) => {
        const { entropy, bucket, example } = await runStage<Bucketed>(influenceEntropy, influenceOf(rows), { buckets });
        const counts = Array.from({ length: buckets }, (_, b) => bucket.filter((found) => found === b + 1).length);
        const wanted = counts.map((_, b) => Math.floor(rows.length / buckets) + Number(b < rows.length % buckets));
        assert.deepEqual(counts, wanted);
        for (const a of rows.keys()) {
          for (const b of rows.keys()) {
            if (bucket[a]! < bucket[b]!) {
              const isBefore = entropy[a]! < entropy[b]! || (entropy[a] === entropy[b] && example[a]! < example[b]!);
              assert.ok(isBefore);
            }
          }
        }
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("influenceEntropy() says how many test examples the zoo cannot tell apart", async () => {
  const logged: string[] = [];
  const log = (message: string) => void logged.push(message);
  await runStage(influenceEntropy, influenceOf([[0, 0, 0], [1, 0, 0]]), { buckets: 2 }, { log });
  assert.deepEqual(logged, ["1 of 2 test examples have equal influences throughout: the zoo cannot tell them apart"]);
});

Deno.test("influenceEntropy() refuses NaN, empty supports, too many buckets and other test examples", async () => {
  await assert.rejects(
    runStage(influenceEntropy, influenceOf([[1, NaN, 0]]), { buckets: 1 }),
    /^RangeError: Cannot take the entropy of influences that are NaN: training example 101 was in all or in none/,
  );
  await assert.rejects(
    runStage(influenceEntropy, influenceOf([[]]), { buckets: 1 }),
    /test example 103 has no training example/,
  );
  await assert.rejects(
    runStage(influenceEntropy, influenceOf([[1, 0, 0]])),
    /Cannot cut 1 test examples into 5 buckets/,
  );
  const { influence } = influenceOf([[1, 0, 0]]);
  await assert.rejects(
    runStage(influenceEntropy, { influence, data: dataset([0, 0, 0], [0, 0]) }, { buckets: 1 }),
    /are not the 2 of the test split/,
  );
});
