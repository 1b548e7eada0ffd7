/** @file Leave-one-out, confidences, exposure and averages against values worked out by hand; entropies as scores. */
import assert from "node:assert/strict";
import type { Value } from "../../../dsl/mod.ts";
import { stream } from "../../../engine/random.ts";
import { type Influence, type Masks, NO_EXAMPLE, type Scores, TRUTH } from "../../../stages/artifacts/mod.ts";
import { influenceEntropy as buckets } from "../../../stages/bucket/mod.ts";
import {
  average,
  confidenceMemorization,
  exposure,
  influence,
  influenceEntropy,
  leaveOneOut,
  memorization,
  overModels,
} from "../../../stages/score/mod.ts";
import { subsample } from "../../../stages/subsample/mod.ts";
import { dataset, items, logitsFromBits, logitsOf, masksOf, runStage } from "../_support.ts";

type Scored = Value<typeof Scores>;

function close(actual: ArrayLike<number>, wanted: readonly number[], tolerance = 1e-12): void {
  assert.equal(actual.length, wanted.length);
  wanted.forEach((value, i) => {
    const same = Number.isNaN(value) ? Number.isNaN(actual[i]) : Math.abs(actual[i]! - value) <= tolerance;
    assert.ok(same, `${Array.from(actual)} is not ${wanted}`);
  });
}

Deno.test("leaveOneOut() is the whole model's answer less that of the model without the example", async () => {
  const data = dataset([0, 1, 0], [0]);
  const masks = [[1, 1, 1], [0, 1, 1], [1, 0, 1], [1, 1, 0]];
  // Right about [training examples, test example].
  const logits = logitsFromBits(data, [[1, 1, 0, 1], [0, 1, 1, 1], [0, 1, 1, 1], [0, 0, 1, 1]]);
  const scores = await runStage<Scored>(leaveOneOut, { masks: masksOf(data, masks), logits, data });
  assert.deepEqual([...scores.value], [1, 0, -1]);
  assert.deepEqual([...scores.example], [100, 101, 102]);
  // Without the last model there is nothing to say about the last example.
  const some = { masks: masksOf(data, masks.slice(0, 3)), data };
  const three = logitsFromBits(data, [[1, 1, 0, 1], [0, 1, 1, 1], [0, 1, 1, 1]]);
  close((await runStage<Scored>(leaveOneOut, { ...some, logits: three })).value, [1, 0, NaN]);
});

Deno.test("leaveOneOut() refuses masks that leave out several examples, or always one", async () => {
  const data = dataset([0, 1, 0], [0]);
  const run = (masks: number[][]) =>
    runStage(leaveOneOut, {
      masks: masksOf(data, masks),
      logits: logitsFromBits(data, masks.map(() => [1, 1, 1, 1])),
      data,
    });
  await assert.rejects(() => run([[1, 1, 1], [0, 0, 1]]), /model 1, which leaves out 2 of 3.*"leave-one-out"/);
  await assert.rejects(() => run([[0, 1, 1], [1, 0, 1]]), /no model was trained on all 3/);
});

Deno.test("leaveOneOut() of one nearest neighbour is 1 where the neighbour has another label, as memorization() says", async () => {
  const n = 16;
  const random = stream(4, "1-nn");
  const points = random.uniform(n);
  const labels = [...random.integers(n, 0, 2)];
  const data = dataset(labels, [0]);
  function nearest(i: number, among: (j: number) => boolean): number {
    const distance = (j: number) => Math.abs(points[j]! - points[i]!);
    return [...points.keys()].filter(among).reduce((best, j) => distance(j) < distance(best) ? j : best);
  }
  const truth = labels.map((label, i) => Number(labels[nearest(i, (j) => j !== i)] !== label));
  assert.ok(truth.includes(0) && truth.includes(1));
  const zoo = [
    ...await runStage<Iterable<Value<typeof Masks>>>(subsample, { data }, {
      design: "leave-one-out",
      members: n + 1,
    }),
  ];
  const right = zoo.map(({ member }) =>
    labels.map((label, i) => Number(labels[nearest(i, (j) => member[j] === 1)] === label))
  );
  const logits = logitsFromBits(data, right.map((bits) => [...bits, 1]));
  const exact = await runStage<Scored>(leaveOneOut, { masks: items(zoo), logits, data });
  assert.deepEqual([...exact.value], truth);
  const estimated = await runStage<Scored>(memorization, { masks: items(zoo), logits, data });
  assert.deepEqual([...estimated.value], truth);
});

Deno.test("confidenceMemorization() is the difference of mean log-probabilities, with a standard error", async () => {
  const data = dataset([0], [1]);
  const logit = (p: number) => Math.log(p / (1 - p));
  // Probability of class 0: with the example 0.8 and 0.5, without it 0.1 and 0.2.
  const logits = logitsOf(data, [0.8, 0.5, 0.1, 0.2].map((p) => [[[logit(p), 0]], [[0, 0]]]));
  const masks = masksOf(data, [[1], [1], [0], [0]]);
  const logs = await runStage<Scored>(confidenceMemorization, { masks, logits, data });
  const [a, b, c, d] = [0.8, 0.5, 0.1, 0.2].map(Math.log) as [number, number, number, number];
  close(logs.value, [(a + b) / 2 - (c + d) / 2], 1e-6);
  // The variance of the mean of two numbers is a quarter of their squared difference.
  close(logs.standardError, [Math.sqrt((a - b) ** 2 / 4 + (c - d) ** 2 / 4)], 1e-6);
  const params = { measure: "confidence", models: "even" };
  const even = await runStage<Scored>(confidenceMemorization, { masks, logits, data }, params);
  close(even.value, [0.8 - 0.1], 1e-6);
  close(even.standardError, [NaN]);
  assert.deepEqual([logs.score, even.score], [["log-confidence memorization"], ["confidence memorization"]]);
});

Deno.test("influence() of the even models is that of a zoo of only these", async () => {
  const data = dataset([0, 0, 1], [0, 1]);
  const members = [[1, 0, 1], [0, 1, 1], [0, 1, 0], [1, 1, 0], [1, 1, 1], [0, 0, 1]];
  const bits = [[1, 0, 1, 1, 0], [0, 1, 1, 0, 1], [0, 1, 0, 1, 1], [1, 1, 0, 0, 0], [1, 1, 1, 0, 1], [0, 0, 1, 1, 1]];
  const zoo = (keep: (k: number) => boolean) => ({
    masks: masksOf(data, members.filter((_, k) => keep(k))),
    logits: logitsFromBits(data, bits.filter((_, k) => keep(k))),
    data,
  });
  const half = await runStage(influence, zoo(() => true), { models: "even", support: "all" });
  assert.deepEqual(half, await runStage(influence, zoo((k) => k % 2 === 0), { support: "all" }));
});

Deno.test("average() and overModels() leave out what is missing, and say how sure the means are", async () => {
  const table = (values: readonly number[], from = 0): Scored => ({
    example: Uint32Array.from(values, (_, i) => from + i),
    score: values.map(() => "a"),
    value: Float64Array.from(values),
    standardError: new Float64Array(values.length).fill(NaN),
  });
  const tables = [table([1, 2]), table([3, NaN]), table([8], 1)];
  const mean = await runStage<Scored>(average, { scores: { x: tables[0], y: tables[1], z: tables[2] } });
  close(mean.value, [2, 5]);
  close(mean.standardError, [1, 3]);
  const masks = items([{ example: Uint32Array.of(0, 1), member: Uint8Array.of(1, 0) }, {
    example: Uint32Array.of(0, 1),
    member: Uint8Array.of(1, 1),
  }]);
  const scores = items([table([1, 2]), table([3, 6])]);
  const wanted = { all: [2, 4], members: [2, 6], others: [NaN, 2] };
  for (const [of, values] of Object.entries(wanted)) {
    close((await runStage<Scored>(overModels, { scores, masks }, { of })).value, values);
  }
  await assert.rejects(() => runStage(overModels, { scores: items([table([1])]), masks }), /scores of 1 models with 2/);
});

Deno.test("exposure() is the mean score over the targets that were trained on the example", async () => {
  const { member, nonMember, absent } = TRUTH;
  const attack = {
    model: Uint32Array.of(0, 1, 2),
    example: { data: Uint32Array.of(7, 8, 7, 8, 7, 8), shape: [3, 2] },
    truth: { data: Uint8Array.of(member, absent, nonMember, absent, member, nonMember), shape: [3, 2] },
    score: { data: Float64Array.of(1, NaN, 10, NaN, 2, 5), shape: [3, 2] },
  };
  const scores = await runStage<Scored>(exposure, { attack });
  assert.deepEqual([[...scores.example], [...scores.value], [...scores.standardError]], [[7], [1.5], [0.5]]);
  const others = await runStage<Scored>(exposure, { attack }, { of: "others" });
  assert.deepEqual([[...others.example], [...others.value]], [[7, 8], [10, 5]]);
});

/** An influence on test examples 103 and up of the training examples 100, 101, 102. */
function influenceOf(rows: readonly (readonly number[])[]) {
  const data = dataset([0, 0, 0], rows.map(() => 0));
  const shape = [rows.length, 3];
  const ids = rows.map((row) => [0, 1, 2].map((i) => i < row.length ? 100 + i : NO_EXAMPLE));
  const value: Value<typeof Influence> = {
    example: data.id.slice(3),
    train: { data: Uint32Array.from(ids.flat()), shape },
    influence: { data: Float32Array.from(rows.flatMap((row) => [...row, 0, 0].slice(0, 3))), shape },
  };
  return { influence: value, data };
}

Deno.test("influenceEntropy() has the entropies that the buckets are made of, in any base", async () => {
  const inputs = influenceOf([[1, 1, 1], [0, 1, 0], [2, 1, 1]]);
  const params = { base: 10, smoothing: 0 };
  const scores = await runStage<Scored>(influenceEntropy, inputs, params);
  close(scores.value, [Math.log10(3), 0, 1.5 * Math.log10(2)], 1e-7);
  assert.deepEqual(scores.score, ["influence entropy", "influence entropy", "influence entropy"]);
  const cut = await runStage<{ entropy: Float64Array }>(buckets, inputs, { ...params, buckets: 3 });
  assert.deepEqual(cut.entropy, scores.value);
});

Deno.test("influenceEntropy() is relative to its support, or not normalized, when told so", async () => {
  const inputs = influenceOf([[1, 1, 1], [0.5, 0.5], [0.5]]);
  const relative = await runStage<Scored>(influenceEntropy, inputs, { smoothing: 0, relative: true });
  close(relative.value, [1, 1, 0], 1e-7);
  const raw = await runStage<Scored>(influenceEntropy, inputs, { smoothing: 0, base: 2, normalize: false });
  close(raw.value, [0, 1, 0.5], 1e-7);
});

Deno.test("influenceEntropy() skips influences that are NaN, when told so", async () => {
  const inputs = influenceOf([[1, 1, NaN], [NaN, NaN, NaN]]);
  const known = await runStage<Scored>(influenceEntropy, inputs, { smoothing: 0, base: 2, unknown: "skip" });
  close(known.value, [1, NaN], 1e-7);
  await assert.rejects(() => runStage(influenceEntropy, inputs), /influences that are NaN: training example 102/);
});
