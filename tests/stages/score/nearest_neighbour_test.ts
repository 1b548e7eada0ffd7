/** @file Memorization of a learner whose memorization is known: one nearest neighbour on points of a line. */
import assert from "node:assert/strict";
import type { Value } from "../../../dsl/mod.ts";
import { stream } from "../../../engine/random.ts";
import type { Masks, Scores } from "../../../stages/artifacts/mod.ts";
import { memorization } from "../../../stages/score/mod.ts";
import { subsample } from "../../../stages/subsample/mod.ts";
import { dataset, items, logitsFromBits, runStage } from "../_support.ts";

const n = 20;
const random = stream(21, "1-nn");
const points = random.uniform(n);
const labels = [...random.integers(n, 0, 2)];
const data = dataset(labels, [0]);

/** The examples from the nearest to example `i` to the farthest, without itself. */
function neighbours(i: number): number[] {
  const distance = (j: number) => Math.abs(points[j]! - points[i]!);
  return [...points.keys()].filter((j) => j !== i).sort((a, b) => distance(a) - distance(b));
}

/** mem(i) by its definition: right with i, wrong without it where the nearest other example has another label. */
const truth = labels.map((label, i) => Number(labels[neighbours(i)[0]!] !== label));

async function estimate(design: Parameters<typeof subsample>[1]): Promise<Value<typeof Scores>> {
  const zoo = [...await runStage<Iterable<Value<typeof Masks>>>(subsample, { data }, design)];
  const right = zoo.map(({ member }) =>
    [...labels.keys()].map((i) => {
      const nearest = member[i] === 1 ? i : neighbours(i).find((j) => member[j] === 1)!;
      return Number(labels[nearest] === labels[i]);
    })
  );
  const logits = logitsFromBits(data, right.map((bits) => [...bits, 1]));
  return await runStage(memorization, { masks: items(zoo), logits, data });
}

/** What Algorithm 1 tends to: the left-out example's nearest neighbour in a random set of `size` others. */
function limit(i: number, size: number): number {
  let [unseen, wrong] = [1, 0];
  for (const [rank, j] of neighbours(i).entries()) {
    const remaining = n - 1 - rank;
    // Nearest one of the set: none of the nearer ones is in it. Of `remaining` examples, `size` are.
    const first = unseen * Math.min(1, size / remaining);
    wrong += first * Number(labels[j] !== labels[i]);
    unseen -= first;
  }
  return wrong;
}

const errors = (values: Float64Array) => truth.map((mem, i) => Math.abs(values[i]! - mem));

Deno.test("memorization() by leaving one out is 1 where the nearest neighbour has another label, and 0 elsewhere", async () => {
  assert.ok(truth.includes(0) && truth.includes(1));
  const { value } = await estimate({ design: "leave-one-out", members: n + 1 });
  assert.deepEqual([...value], truth);
});

Deno.test("memorization() of random subsets tends to its closed form, within its standard error", async () => {
  const { value, standardError } = await estimate({ design: { fraction: 0.7 }, members: 4000, seed: 5 });
  for (const i of labels.keys()) {
    const wanted = limit(i, 14);
    // With it, every model is right; without it, about 0.3 · 4000 models are right or wrong by chance.
    const error = Math.sqrt(wanted * (1 - wanted) / 1200);
    assert.ok(Math.abs(value[i]! - wanted) <= 4 * error + 1e-12, `${value[i]} is not ${wanted}`);
    if (error > 0.005) assert.ok(Math.abs(standardError[i]! / error - 1) < 0.2, `${standardError[i]} is not ${error}`);
  }
});

Deno.test("memorization() of random subsets tends to leave-one-out as the subsets grow", async () => {
  const worst: number[] = [];
  for (const fraction of [0.5, 0.8, 0.95]) {
    const { value } = await estimate({ design: { fraction }, members: 1500, seed: 6 });
    worst.push(Math.max(...errors(value)));
  }
  assert.ok(worst[0]! > worst[1]! && worst[1]! > worst[2]!, worst.join(" "));
  // Subsets of 19 in 20 leave one example out each: with every example left out at least once this is leave-one-out.
  assert.equal(worst[2], 0);
});
