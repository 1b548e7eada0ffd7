/** @file select.classImbalance: sizes by the formula. */
import assert from "node:assert/strict";
import type { Value } from "../../../dsl/mod.ts";
import type { Dataset } from "../../../stages/artifacts/mod.ts";
import * as select from "../../../stages/select/mod.ts";
import { runStage } from "../_support.ts";
import { labelled, trainIds } from "./_support.ts";

type Data = Value<typeof Dataset>;

const balanced = labelled(Array.from({ length: 500 }, (_, i) => i % 5), [0, 1, 2]);

function imbalanced(params: Record<string, unknown>, data = balanced): Promise<Data> {
  return runStage<Data>(select.classImbalance, { data }, params);
}

function sizes(data: Data): number[] {
  return [0, 1, 2, 3, 4].map((c) => data.y.filter((y, row) => y === c && data.split[row] === "train").length);
}

Deno.test("select.classImbalance() keeps largest ratio^(-r / (C - 1)) examples of the class of rank r", async () => {
  // 100 ** (-1/4) = 0.3162
  assert.deepEqual(sizes(await imbalanced({ ratio: 100 })), [100, 32, 10, 3, 1]);
  assert.deepEqual(sizes(await imbalanced({ ratio: 100, largest: 50 })), [50, 16, 5, 2, 1]);
  assert.deepEqual(sizes(await imbalanced({ ratio: 1 })), [100, 100, 100, 100, 100]);
  const random = sizes(await imbalanced({ ratio: 100, order: "random", seed: 1 }));
  assert.deepEqual(random.toSorted((a, b) => b - a), [100, 32, 10, 3, 1]);
  assert.notDeepEqual(random, [100, 32, 10, 3, 1]);
});

Deno.test("select.classImbalance() uses the largest sizes that unequal classes allow", async () => {
  const labels = [40, 10, 40].flatMap((count, label) => new Array<number>(count).fill(label));
  // Shares 1, 1/2, 1/4: class 1 allows 20.
  assert.deepEqual(sizes(await imbalanced({ ratio: 4 }, labelled(labels))), [20, 10, 5, 0, 0]);
});

Deno.test("select.classImbalance() of a higher ratio is part of that of a lower one; the test split stays", async () => {
  const [mild, strong] = [await imbalanced({ ratio: 10, seed: 4 }), await imbalanced({ ratio: 50, seed: 4 })];
  assert.ok(trainIds(strong).every((id) => mild.id.includes(id)));
  assert.deepEqual([...strong.id.slice(-3)], [...balanced.id.slice(-3)]);
  assert.notDeepEqual(trainIds(await imbalanced({ ratio: 50, seed: 5 })), trainIds(strong));
});

Deno.test("select.classImbalance() refuses to keep more than there are", async () => {
  await assert.rejects(
    imbalanced({ ratio: 2, largest: 101 }),
    /^RangeError: Cannot keep 101 training examples of class 0: there are 100; lower "largest" \(101\), or raise "ratio"$/,
  );
});
