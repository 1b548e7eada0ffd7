/** @file Real trainings on a set small enough to leave every example out: Feldman & Zhang's estimate against the definition. */
import assert from "node:assert/strict";
import type { Value } from "../../../dsl/mod.ts";
import type { Masks, Models, Predictions, Scores } from "../../../stages/artifacts/mod.ts";
import { average, confidenceMemorization, leaveOneOut, memorization } from "../../../stages/score/mod.ts";
import { partialCorrelation } from "../../../stages/stats/correlations.ts";
import { subsample } from "../../../stages/subsample/mod.ts";
import { predict } from "../../../stages/train/mod.ts";
import { items, runStage } from "../_support.ts";
import { halves, trainOne } from "../train/_toy.ts";

const n = 16;
const planted = [3, 8];
const clean = halves(n, 7);
/** Two labels are wrong: no other example tells a model of them. */
const data = { ...clean, y: clean.y.map((y, row) => planted.includes(row) ? 1 - y : y) };
const learner = {
  model: { kind: "mlp", hidden: [24] },
  optimizer: { kind: "sgd", lr: 0.2, momentum: 0.9 },
  epochs: 12,
};

async function zooOf(params: Record<string, unknown>, seed: number) {
  const masks = [...await runStage<Iterable<Value<typeof Masks>>>(subsample, { data }, params)];
  const logits: Value<typeof Predictions>[] = [];
  for (const [k, mask] of masks.entries()) {
    const overrides = { branch: `${JSON.stringify(params)} ${k}` };
    const models: Value<typeof Models> = await trainOne(data, mask, { ...learner, seed }, overrides);
    logits.push(await runStage<Value<typeof Predictions>>(predict, { models, data }));
  }
  return { masks: items(masks), logits: items(logits), data };
}

Deno.test("memorization() of random subsets finds what leaveOneOut() of real trainings finds, averaged over seeds", async () => {
  const scores: Record<string, Record<string, Value<typeof Scores>>> = { accuracy: {}, "log-confidence": {} };
  for (const seed of [0, 1, 2]) {
    const zoo = await zooOf({ design: "leave-one-out", members: n + 1 }, seed);
    for (const measure of Object.keys(scores)) {
      scores[measure]![`seed ${seed}`] = await runStage<Value<typeof Scores>>(leaveOneOut, zoo, { measure });
    }
  }
  const zoo = await zooOf({ design: { fraction: 0.88 }, members: 60, seed: 3 }, 0);
  const exact = await runStage<Value<typeof Scores>>(average, { scores: scores["accuracy"] });
  const estimate = await runStage<Value<typeof Scores>>(memorization, zoo);
  for (const row of planted) assert.ok(exact.value[row] === 1 && estimate.value[row]! > 0.75, `${estimate.value[row]}`);
  // Three seeds say little of one example; over all of them, differences are far below those of chance.
  const off = [...exact.value].map((mem, row) => Math.abs(mem - estimate.value[row]!));
  const mean = off.reduce((sum, d) => sum + d, 0) / n;
  assert.ok(mean < 0.2, `${off}`);
  const logs = await runStage<Value<typeof Scores>>(average, { scores: scores["log-confidence"] });
  const estimatedLogs = await runStage<Value<typeof Scores>>(confidenceMemorization, zoo);
  const r = partialCorrelation("spearman", [...logs.value], [...estimatedLogs.value]);
  // Beyond what 16 unrelated ranks come to once in twenty times.
  assert.ok(r > 0.5, `${r}`);
});
