/** @file Which examples each model is trained on, by design. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { expectTypeOf } from "expect-type";
import type { Node, Value } from "../../../dsl/mod.ts";
import type { Dataset, Masks } from "../../../stages/artifacts/mod.ts";
import { subsample } from "../../../stages/subsample/mod.ts";
import { dataset, runStage } from "../_support.ts";

const dataOf = (n: number) => dataset(new Array<number>(n).fill(0), [0, 1]);

async function masks(n: number, params: Parameters<typeof subsample>[1]): Promise<number[][]> {
  const yielded = await runStage<Iterable<Value<typeof Masks>>>(subsample, { data: dataOf(n) }, params);
  return [...yielded].map(({ example, member }) => {
    assert.equal(example.length, n);
    return [...member];
  });
}

const sum = (bits: readonly number[]) => bits.reduce((total, bit) => total + bit, 0);
const columns = (rows: number[][]) => rows[0]!.map((_, i) => rows.map((row) => row[i]!));

Deno.test("subsample() puts every example in exactly half of the models by default", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      fc.nat(),
      async (n, half, seed) => {
        const zoo = await masks(n, { members: 2 * half, seed });
        assert.equal(zoo.length, 2 * half);
        assert.ok(columns(zoo).every((models) => sum(models) === half));
      },
    ),
    { numRuns: 40 },
  );
});

Deno.test("subsample() draws exact halves evenly: pairs of models agree on about half of the examples", async () => {
  const n = 4000;
  const zoo = await masks(n, { design: "exact-half", members: 8, seed: 3 });
  // Of 8 models 4 hold an example: two hold it or miss it together with probability 2 (4 over 2) / (8 over 2) = 3/7.
  for (let a = 0; a < 8; a++) {
    assert.ok(Math.abs(sum(zoo[a]!) / n - 0.5) < 0.04, `model ${a} has ${sum(zoo[a]!)} of ${n}`);
    for (let b = 0; b < a; b++) {
      const agree = sum(zoo[a]!.map((bit, i) => Number(bit === zoo[b]![i])));
      assert.ok(Math.abs(agree / n - 3 / 7) < 0.04, `models ${a} and ${b} agree on ${agree} of ${n}`);
    }
  }
});

Deno.test("subsample() keeps an example's models when the data set is cut or reordered", async () => {
  const whole = dataOf(30);
  const backwards = {
    ...whole,
    id: Uint32Array.from([...whole.id.slice(0, 30)].reverse().concat([...whole.id.slice(30)])),
  };
  const run = async (data: typeof whole) => {
    const zoo = await runStage<Iterable<Value<typeof Masks>>>(subsample, { data }, { members: 6, seed: 2 });
    const rows = [...zoo];
    return new Map([...rows[0]!.example].map((id, i) => [id, rows.map((row) => row.member[i])]));
  };
  const [all, cut, reversed] = [await run(whole), await run(dataOf(12)), await run(backwards)];
  for (const [id, models] of cut) assert.deepEqual(models, all.get(id));
  for (const [id, models] of reversed) assert.deepEqual(models, all.get(id));
});

Deno.test("subsample() by fraction trains every model on int(p n) examples, 0.7 if not told", async () => {
  const byName = await masks(33, { design: "fraction", members: 5, seed: 1 });
  assert.deepEqual(byName.map(sum), [23, 23, 23, 23, 23]);
  const byNumber = await masks(33, { design: { fraction: 0.25 }, members: 5, seed: 1 });
  assert.deepEqual(byNumber.map(sum), [8, 8, 8, 8, 8]);
  assert.notDeepEqual(byName[0], byName[1]);
});

Deno.test("subsample() in complementary pairs splits the examples in halves", async () => {
  const zoo = await masks(21, { design: "complementary", members: 6, seed: 4 });
  assert.deepEqual(zoo.map(sum), [10, 11, 10, 11, 10, 11]);
  for (const pair of [0, 2, 4]) {
    assert.deepEqual(zoo[pair]!.map((bit) => 1 - bit), zoo[pair + 1]);
  }
  assert.notDeepEqual(zoo[0], zoo[2]);
});

Deno.test("subsample() leaving one out trains model 0 on all examples and model k on all but the k-th", async () => {
  assert.deepEqual(await masks(3, { design: "leave-one-out", members: 4 }), [[1, 1, 1], [0, 1, 1], [1, 0, 1], [
    1,
    1,
    0,
  ]]);
});

Deno.test("subsample() does not change earlier models when members grow, save with exact-half", async () => {
  for (const design of ["fraction", "complementary", "leave-one-out", { fraction: 0.4 }] as const) {
    const [few, more] = [
      await masks(25, { design, members: 4, seed: 9 }),
      await masks(25, { design, members: 10, seed: 9 }),
    ];
    assert.deepEqual(more.slice(0, 4), few, JSON.stringify(design));
  }
  const [few, more] = [await masks(25, { members: 4, seed: 9 }), await masks(25, { members: 10, seed: 9 })];
  assert.notDeepEqual(more.slice(0, 4), few);
});

Deno.test("subsample() depends on its seed", async () => {
  for (const design of ["exact-half", "fraction", "complementary"] as const) {
    const zoo = await masks(40, { design, members: 4, seed: 1 });
    assert.deepEqual(await masks(40, { design, members: 4, seed: 1 }), zoo, design);
    assert.notDeepEqual(await masks(40, { design, members: 4, seed: 2 }), zoo, design);
  }
});

Deno.test("subsample() refuses designs that are impossible, with a remedy", async () => {
  await assert.rejects(
    masks(8, { members: 5 }),
    /^RangeError: Cannot put every example in exactly half of 5 models: use an even/,
  );
  await assert.rejects(masks(3, { design: "leave-one-out", members: 5 }), /use at most 4 members/);
  await assert.rejects(masks(3, { design: { fraction: 0.1 }, members: 5 }), /Cannot subsample 0 of 3 examples/);
  await assert.rejects(masks(1, { members: 2 }), /a zoo needs at least two/);
});

Deno.test("subsample() is typed, and suggests the design that was meant", () => {
  const data = {} as Node<typeof Dataset, "one">;
  expectTypeOf(subsample).toBeCallableWith({ data }, { design: "exact-half", members: 16, seed: 1 });
  expectTypeOf(subsample).toBeCallableWith({ data }, { design: { fraction: 0.7 }, members: 16 });
  expectTypeOf<ReturnType<typeof subsample>>().toEqualTypeOf<Node<typeof Masks, "many">>();
  // @ts-expect-error a design that does not exist
  const wrong: Parameters<typeof subsample>[1] = { design: "exact-haf", members: 16 };
  const result = subsample.params.safeParse(wrong);
  assert.match(result.error!.issues[0]!.message, /unknown design "exact-haf"; did you mean "exact-half"\?/);
});
