/** @file select.without: the right examples go, and everything about the others stays. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Value } from "../../../dsl/mod.ts";
import type { Dataset } from "../../../stages/artifacts/mod.ts";
import * as select from "../../../stages/select/mod.ts";
import { runStage } from "../_support.ts";
import { labelled, scoresOf, trainIds } from "./_support.ts";

type Data = Value<typeof Dataset>;

const data = labelled([0, 0, 0, 1, 1, 1], [1, 0]);
const scores = scoresOf([[100, 0.9], [101, 0.1], [102, 0.5], [103, 0.5], [104, NaN], [106, 1]]);

function without(params: Record<string, unknown>, from = data, by = scores): Promise<Data> {
  return runStage<Data>(select.without, { data: from, scores: by }, params);
}

Deno.test("select.without() removes the highest or lowest scores, ties by id, and keeps all else", async () => {
  const top = await without({ remove: "highest", count: 2 });
  assert.deepEqual([...top.id], [101, 103, 104, 105, 106, 107]);
  assert.deepEqual([...top.y], [0, 1, 1, 1, 1, 0]);
  assert.deepEqual([...top.x.data], [1, 3, 4, 5, 6, 7].flatMap((row) => [row, 255 - row]));
  assert.deepEqual(top.x.shape, [6, 1, 2, 1]);
  assert.deepEqual(top.split, ["train", "train", "train", "train", "test", "test"]);
  assert.deepEqual(top.group, ["row 1", "row 3", "row 4", "row 5", "row 6", "row 7"]);
  assert.deepEqual(trainIds(await without({ remove: "lowest", fraction: 0.34 })), [100, 103, 104, 105]);
  assert.deepEqual(trainIds(await without({ remove: "lowest", count: 1, score: "other" })), [101, 102, 103, 104, 105]);
  assert.deepEqual(await without({ remove: "highest", count: 0 }), data);
});

Deno.test("select.without() at random removes as many, others with another seed, more with a larger count", async () => {
  const big = labelled(Array.from({ length: 100 }, (_, i) => i % 4));
  const some = scoresOf([[100, 1]]);
  const few = await without({ remove: "random", count: 10, seed: 1 }, big, some);
  const many = await without({ remove: "random", count: 40, seed: 1 }, big, some);
  assert.equal(trainIds(few).length, 90);
  assert.ok(trainIds(many).every((id) => few.id.includes(id)));
  assert.notDeepEqual(trainIds(await without({ remove: "random", count: 10, seed: 2 }, big, some)), trainIds(few));
});

Deno.test("select.without() matched by class removes of each class what the extreme removes of it", async () => {
  const sets = fc.array(fc.tuple(fc.nat(3), fc.nat(5)), { minLength: 4, maxLength: 40 });
  await fc.assert(fc.asyncProperty(sets, fc.nat(), fc.nat(99), fc.boolean(), async (set, some, seed, lowest) => {
    const from = labelled(set.map(([label]) => label));
    const by = scoresOf(set.map(([, value], row) => [100 + row, value] as const));
    const count = some % Math.ceil(set.length / 2);
    const like = lowest ? "lowest" : "highest";
    const treated = await without({ remove: like, count }, from, by);
    const control = await without({ remove: "random", count, like, matched: "class", seed }, from, by);
    const classes = (value: Data) => [0, 1, 2, 3].map((c) => value.y.filter((y) => y === c).length);
    assert.deepEqual(classes(control), classes(treated));
  }));
});

Deno.test("select.without() apart spares what the extreme removes", async () => {
  for (let seed = 0; seed < 20; seed++) {
    const left = trainIds(await without({ remove: "random", count: 2, apart: true, seed }));
    assert.ok(left.includes(100) && left.includes(102));
  }
  await assert.rejects(
    without(
      { remove: "random", count: 2, apart: true, matched: "class" },
      labelled([0, 0, 0]),
      scoresOf([[100, 1], [101, 2]]),
    ),
    /^RangeError: Cannot remove 2 random training examples: 1 are there to choose from; .* or set "apart" to false$/,
  );
});

Deno.test("select.without() refuses counts, names and parameters that cannot be", async () => {
  await assert.rejects(without({ remove: "highest", count: 5 }), /^RangeError: .*: 4 of 6 have one; remove fewer, or/);
  await assert.rejects(
    without({ remove: "random", count: 6 }),
    /^RangeError: Cannot remove 6 of 6 .*some must be left/,
  );
  await assert.rejects(without({ remove: "highest", count: 1, score: "memorisation" }), /"memorisation".*memorization/);
  assert.throws(() => select.without.params.parse({ remove: "highest" }), /say how many to remove by/);
  assert.throws(() => select.without.params.parse({ remove: "highest", count: 1, fraction: 0.1 }), /not by both/);
});
