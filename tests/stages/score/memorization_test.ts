/** @file Memorization, worked out by hand. */
import assert from "node:assert/strict";
import type { Value } from "../../../dsl/mod.ts";
import type { Influence, Scores } from "../../../stages/artifacts/mod.ts";
import { influence, memorization } from "../../../stages/score/mod.ts";
import { dataset, logitsFromBits, masksOf, runStage } from "../_support.ts";

// Four models, three training examples (ids 100-102), two test examples (103, 104); classes 0 1 0 | 0 1.
//
//   M (in?)  k=0 1 2 3        C, T (right?)  k=0 1 2 3
//   i=0        1 1 0 0        train 0          1 1 0 1
//   i=1        1 0 1 0        train 1          0 1 1 0
//   i=2        1 1 1 0        train 2          1 0 1 1
//                             test 0           1 1 0 0
//                             test 1           0 1 1 1
//
// mem(0) = (1+1)/2 - (0+1)/2 = 1 - 1/2       =  1/2     p = 1, q = 1/2, n = m = 2: se = sqrt(0 + 1/4 / 1) = 1/2
// mem(1) = (0+1)/2 - (1+0)/2                 =  0       se = sqrt(1/4 + 1/4) = sqrt(1/2)
// mem(2) = (1+0+1)/3 - 1/1                   = -1/3     one model without it: se unknown
//
// infl(test 0, 0) = (1+1)/2 - (0+0)/2        =  1
// infl(test 0, 1) = (1+0)/2 - (1+0)/2        =  0
// infl(test 0, 2) = (1+1+0)/3 - 0/1          =  2/3
// infl(test 1, 0) = (0+1)/2 - (1+1)/2        = -1/2
// infl(test 1, 1) = (0+1)/2 - (1+1)/2        = -1/2
// infl(test 1, 2) = (0+1+1)/3 - 1/1          = -1/3
const data = dataset([0, 1, 0], [0, 1]);
const masks = masksOf(data, [[1, 1, 1], [1, 0, 1], [0, 1, 1], [0, 0, 0]]);
const logits = logitsFromBits(data, [[1, 0, 1, 1, 0], [1, 1, 0, 1, 1], [0, 1, 1, 0, 1], [1, 0, 1, 0, 1]]);

Deno.test("memorization() of a zoo of four models is what one works out by hand", async () => {
  const scores = await runStage<Value<typeof Scores>>(memorization, { masks, logits, data });
  assert.deepEqual([...scores.example], [100, 101, 102]);
  assert.deepEqual(scores.score, ["memorization", "memorization", "memorization"]);
  assert.deepEqual([...scores.value], [0.5, 0, 2 / 3 - 1]);
  assert.deepEqual([...scores.standardError], [0.5, Math.SQRT1_2, NaN]);
});

Deno.test('influence() with support "all" is what one works out by hand', async () => {
  const value = await runStage<Value<typeof Influence>>(influence, { masks, logits, data }, { support: "all" });
  assert.deepEqual([...value.example], [103, 104]);
  assert.deepEqual([...value.train.data], [100, 101, 102, 100, 101, 102]);
  assert.deepEqual(value.influence.shape, [2, 3]);
  assert.deepEqual([...value.influence.data], [1, 0, 2 / 3, -0.5, -0.5, 2 / 3 - 1].map(Math.fround));
});
