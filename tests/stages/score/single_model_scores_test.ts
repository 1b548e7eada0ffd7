/** @file Scores that each model has by itself: curvature against closed forms, forgetting against trainings cut short. */
import assert from "node:assert/strict";
import type { Checkpoint, Saved, Value } from "../../../dsl/mod.ts";
import type { Models, Predictions, Scores } from "../../../stages/artifacts/mod.ts";
import { curvature, forgetting } from "../../../stages/score/mod.ts";
import { historyOf } from "../../../stages/score/forgetting.ts";
import { isCorrect } from "../../../stages/stats/correctness.ts";
import { readModel } from "../../../stages/train/architecture.ts";
import { predict } from "../../../stages/train/mod.ts";
import { runStage } from "../_support.ts";
import { halves, maskOf, quick, trainOne } from "../train/_toy.ts";

const data = halves(24);

/** The squared Frobenius norm of the loss's Hessian in the (normalized) input of logits `Wᵀx + b`: that of W S Wᵀ. */
function exact(model: Value<typeof Models>, row: number): number {
  const { architecture: { normalization, classes }, parameters, network } = readModel(model);
  const weights = parameters[network.parameters.find(({ shape }) => shape.length === 2)!.name]!;
  const bias = parameters[network.parameters.find(({ shape }) => shape.length === 1)!.name]!;
  const x = Array.from(
    { length: 32 },
    (_, i) => data.x.data[row * 32 + i]! * normalization.scale[i % 2]! + normalization.shift[i % 2]!,
  );
  const logits = Array.from(bias, (b, k) => b + x.reduce((sum, v, i) => sum + v * weights[i * classes + k]!, 0));
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
  const p = logits.map((logit) => Math.exp(logit) / total);
  const S = p.map((a, j) => p.map((b, k) => (j === k ? a : 0) - a * b));
  let sum = 0;
  for (let i = 0; i < 32; i++) {
    for (let j = 0; j < 32; j++) {
      let h = 0;
      for (let k = 0; k < classes; k++) {
        for (let l = 0; l < classes; l++) h += weights[i * classes + k]! * S[k]![l]! * weights[j * classes + l]!;
      }
      sum += h * h;
    }
  }
  return sum;
}

Deno.test("curvature() estimates the squared norm of a linear model's Hessian, within its standard error", async () => {
  // A model that is not sure: in single precision, 1 - p says little of a p near 1.
  const gentle = { model: { kind: "logistic" }, optimizer: { kind: "sgd", lr: 0.01 }, epochs: 1 };
  const models = await trainOne(data, maskOf(data, () => true), gentle);
  const params = { directions: 64, h: 1e-2 };
  const { value, standardError, example } = await runStage<Value<typeof Scores>>(curvature, { models, data }, params);
  assert.deepEqual(example, data.id);
  const off = Array.from(value, (v, row) => (v - exact(models, row)) / standardError[row]!);
  // The squares are about chi-squared. In two classes the Hessian has rank one, so that single draws are skewed.
  assert.ok(off.every((z) => Math.abs(z) < 6), off.join(" "));
  const mean = off.reduce((sum, z) => sum + z * z, 0) / off.length;
  assert.ok(mean > 0.3 && mean < 2.5, `${mean}`);
});

Deno.test("curvature() of deep models is the mean over directions, and the same whatever the batch", async () => {
  const models = await trainOne(data, maskOf(data, () => true), { model: { kind: "cnn", channels: [4] } });
  const all = await runStage<Value<typeof Scores>>(curvature, { models, data }, { directions: 5, seed: 3 });
  assert.ok(all.value.every((v) => v >= 0) && all.value.some((v) => v > 0));
  const again = await runStage<Value<typeof Scores>>(curvature, { models, data }, { directions: 5, seed: 3 });
  assert.deepEqual(again, all);
  const other = await runStage<Value<typeof Scores>>(curvature, { models, data }, { directions: 5, seed: 4 });
  assert.notDeepEqual(other.value, all.value);
});

const params = { model: { kind: "mlp", hidden: [6] }, optimizer: { kind: "sgd", lr: 0.3, momentum: 0.9 }, batch: 4 };
const EPOCHS = 5;

/** Which members a model trained for so many epochs gets right: with a constant rate a training begins like a longer one. */
async function rightAfter(epochs: number, member: (row: number) => boolean): Promise<number[]> {
  const models = await trainOne(noisy, maskOf(noisy, member), { ...params, epochs });
  const { logits } = await runStage<Value<typeof Predictions>>(predict, { models, data: noisy });
  const rows = Array.from({ length: 24 }, (_, row) => row).filter(member);
  return rows.map((row) => Number(isCorrect(logits.data.subarray(2 * row, 2 * row + 2), noisy.y[row]!)));
}

/** Labels that have little to do with the images are learned and forgotten. */
const noisy = { ...data, y: data.y.map((y, row) => row % 3 === 0 ? 1 - y : y) };
const member = (row: number) => row % 4 !== 1;

async function forgotten(
  checkpoint?: Checkpoint,
  signal = new AbortController().signal,
): Promise<Value<typeof Scores>> {
  const inputs = { data: noisy, masks: maskOf(noisy, member) };
  const overrides = { branch: "mask-1", signal, ...(checkpoint ? { checkpoint } : {}) };
  return await runStage(forgetting, inputs, { ...quick, ...params, epochs: EPOCHS }, overrides);
}

Deno.test("forgetting() counts what trainings of 1, 2 … epochs get right, as train and predict have it", async () => {
  const byEpoch: number[][] = [];
  for (let epochs = 1; epochs <= EPOCHS; epochs++) byEpoch.push(await rightAfter(epochs, member));
  const histories = byEpoch[0]!.map((_, i) => historyOf(byEpoch.map((bits) => bits[i]!), EPOCHS));
  assert.ok(histories.some(({ events }) => events > 0 && events < EPOCHS), "nothing was forgotten");
  const { example, score, value } = await forgotten();
  assert.deepEqual([...value], [...histories.map((h) => h.events), ...histories.map((h) => h.learned)]);
  assert.deepEqual([...example.slice(0, 3)], [1000, 1002, 1003]);
  assert.deepEqual([...new Set(score)], ["forgetting events", "learned at"]);
});

Deno.test("forgetting() goes on from a checkpoint to the same counts", async () => {
  const whole = await forgotten();
  let kept: Saved | undefined;
  const interrupt = new AbortController();
  function store(stopAt: number): Checkpoint {
    return {
      load: <S>() => Promise.resolve(kept as Saved<S> | undefined),
      due: () => true,
      save(saved) {
        kept = structuredClone(saved);
        if ((saved.state as { epoch: number }).epoch === stopAt) interrupt.abort(new Error("stop"));
        return Promise.resolve();
      },
    };
  }
  await assert.rejects(() => forgotten(store(3), interrupt.signal), /stop/);
  assert.deepEqual(await forgotten(store(Infinity)), whole);
});
