/** @file Strata of examples: by score, in a grid, of label noise; and what is measured on them. */
import assert from "node:assert/strict";
import type { Value } from "../../../dsl/mod.ts";
import type { AttackScores, Buckets, Influence, Metrics, Scores, Strata } from "../../../stages/artifacts/mod.ts";
import { confidence } from "../../../stages/attack/mod.ts";
import { byScore, grid, labelNoise } from "../../../stages/bucket/mod.ts";
import { difficulty, memorization } from "../../../stages/score/mod.ts";
import { attackSuccessByStratum, byStratum, memorizationByBucket } from "../../../stages/stats/mod.ts";
import { dataset, logitsFromBits, logitsOf, masksOf, metricOf, runStage } from "../_support.ts";

type Stratified = Value<typeof Strata>;
type Measured = Value<typeof Metrics>;

function scoresOf(name: string, firstId: number, values: readonly number[]): Value<typeof Scores> {
  return {
    example: Uint32Array.from(values, (_, i) => firstId + i),
    score: values.map(() => name),
    value: Float64Array.from(values),
    standardError: new Float64Array(values.length),
  };
}

function named(strata: Stratified): Record<number, string> {
  return Object.fromEntries(Array.from(strata.example, (id, i) => [id, strata.stratum[i]!]));
}

Deno.test("bucket.byScore() cuts examples into groups of equal count, without those that have no score", async () => {
  const scores = scoresOf("memorization", 100, [0.5, NaN, 0.1, 0.9, 0.1]);
  const strata = await runStage<Stratified>(byScore, { scores }, { groups: 2 });
  assert.deepEqual(named(strata), {
    100: "memorization 2",
    102: "memorization 1",
    103: "memorization 2",
    104: "memorization 1",
  });
  await assert.rejects(async () => await runStage(byScore, { scores }, { score: "memorisation" }), /"memorization"/);
  await assert.rejects(async () => await runStage(byScore, { scores }, { groups: 5 }), /Cannot cut 4 examples/);
});

Deno.test("bucket.grid() crosses buckets of entropy with groups of a score", async () => {
  const buckets: Value<typeof Buckets> = {
    example: Uint32Array.of(7, 8, 9, 10),
    entropy: Float64Array.of(1, 2, 3, 4),
    bucket: Int32Array.of(1, 1, 2, 2),
  };
  const strata = await runStage<Stratified>(grid, { buckets, scores: scoresOf("difficulty", 7, [0.9, 0, 0.8, 0.1]) }, {
    groups: 2,
  });
  assert.deepEqual(strata.stratum, [
    "entropy 1, difficulty 2",
    "entropy 1, difficulty 1",
    "entropy 2, difficulty 2",
    "entropy 2, difficulty 1",
  ]);
  const few = scoresOf("difficulty", 7, [0.9]);
  await assert.rejects(async () => await runStage(grid, { buckets, scores: few }), /Cannot place example 8/);
});

Deno.test("bucket.labelNoise() tells noisy, clean rare and clean typical examples apart", async () => {
  const data = { ...dataset([0, 1, 0, 1, 0], [0]), group: ["", "noisy was=0", "", "", "", ""] };
  const scores = scoresOf("memorization", 100, [0.9, 1, 0.2, 0.8, NaN]);
  const strata = await runStage<Stratified>(labelNoise, { data, scores }, { rare: 0.5 });
  assert.deepEqual(named(strata), { 100: "clean rare", 101: "noisy", 102: "clean typical", 103: "clean typical" });
});

Deno.test("score.difficulty() is how often, or how surely, models are wrong about test examples", async () => {
  const data = dataset([0], [0, 1]);
  const masks = masksOf(data, [[1], [0]]);
  const logits = logitsOf(data, [[[[1, 0]], [[0, 0]], [[9, -9]]], [[[1, 0]], [[0, 1]], [[0, Math.log(3)]]]]);
  const bits = await runStage<Value<typeof Scores>>(difficulty, { masks, logits, data });
  assert.deepEqual([...bits.example], [101, 102]);
  assert.deepEqual([...bits.value], [0.5, 0.5]);
  const odd = await runStage<Value<typeof Scores>>(difficulty, { masks, logits, data }, {
    by: "probability",
    models: "odd",
  });
  assert.ok(Math.abs(odd.value[1]! - 0.25) < 1e-6 && Number.isNaN(odd.standardError[1]));
});

// Four training examples in exactly half of four models, one of each stratum in and one out; two test examples.
const data = dataset([0, 1, 0, 1], [0, 1]);
const masks = masksOf(data, [[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 0, 1], [0, 1, 1, 0]]);
const logits = logitsFromBits(data, [
  [1, 1, 0, 1, 1, 0],
  [0, 1, 1, 1, 1, 1],
  [1, 1, 1, 0, 0, 0],
  [0, 1, 0, 1, 1, 0],
]);
const strata: Stratified = {
  example: Uint32Array.of(100, 102, 101, 103, 104, 105),
  stratum: ["rare", "rare", "common", "common", "test", "test"],
};

Deno.test("stats.byStratum() averages over models to the mean memorization of the stratum", async () => {
  const metrics = await runStage<Measured>(byStratum, { masks, logits, data, strata });
  const scores = await runStage<Value<typeof Scores>>(memorization, { masks, logits, data });
  for (const [slice, ids] of [["rare", [100, 102]], ["common", [101, 103]]] as const) {
    const mean = ids.reduce((sum, id) => sum + scores.value[scores.example.indexOf(id)]! / 2, 0);
    assert.ok(Math.abs(metricOf(metrics, "memorization", -1, slice).value - mean) < 1e-12, slice);
  }
  const mean = [...scores.value].reduce((sum, value) => sum + value / 4, 0);
  assert.ok(Math.abs(metricOf(metrics, "memorization").value - mean) < 1e-12);
  assert.equal(metricOf(metrics, "memorization", 0, "rare").value, 1);
  assert.equal(metricOf(metrics, "test accuracy", 1, "test").value, 1);
  assert.equal(metricOf(metrics, "member accuracy", -1, "common").value, 0.75);
  const odd = await runStage<Measured>(byStratum, { masks, logits, data, strata }, { models: "odd" });
  assert.deepEqual([...new Set(odd.model)], [-1, 1, 3]);
});

Deno.test("stats.attackSuccessByStratum() tells members from non-members of one stratum", async () => {
  const attack = await runStage<Value<typeof AttackScores>>(confidence, { masks, logits, data }, {
    threshold: "global",
  });
  const metrics = await runStage<Measured>(attackSuccessByStratum, { attack, strata }, { replicates: 100 });
  // Of model 0, example 100 is a member and right, 102 is neither.
  assert.equal(metricOf(metrics, "auc", 0, "rare").value, 1);
  assert.ok(!metrics.slice.includes("test"));
  const alone = { example: Uint32Array.of(104), stratum: ["test"] };
  await assert.rejects(async () => await runStage(attackSuccessByStratum, { attack, strata: alone }), /by stratum/);
});

Deno.test("stats.memorizationByBucket() weighs training examples as influence entropy does", async () => {
  const influence: Value<typeof Influence> = {
    example: Uint32Array.of(104, 105),
    train: { data: Uint32Array.of(100, 102, 101, 103), shape: [2, 2] },
    influence: { data: Float32Array.of(-1, 1, 0, 0), shape: [2, 2] },
  };
  const buckets: Value<typeof Buckets> = {
    example: Uint32Array.of(104, 105),
    entropy: Float64Array.of(0, 1),
    bucket: Int32Array.of(1, 2),
  };
  const metrics = await runStage<Measured>(memorizationByBucket, { masks, logits, data, influence, buckets });
  const same = await runStage<Measured>(byStratum, { masks, logits, data, strata });
  // Equal sizes of influence, and none at all: each bucket rests on the two examples of a stratum alike.
  for (const [bucket, stratum] of [["bucket 1", "rare"], ["bucket 2", "common"]] as const) {
    for (const model of [0, 1, 2, 3]) {
      const value = metricOf(metrics, "memorization", model, bucket).value;
      assert.equal(value, metricOf(same, "memorization", model, stratum).value);
    }
  }
});
