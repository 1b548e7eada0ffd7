/** @file trainingEpsilon() against the accountant, and models without differential privacy. */
import assert from "node:assert/strict";
import type { Value } from "../../../dsl/mod.ts";
import type { Metrics, Models } from "../../../stages/artifacts/mod.ts";
import { noiseMultiplierFor, trainingEpsilon } from "../../../stages/privacy/mod.ts";
import { items, metricOf, runStage } from "../_support.ts";

function model(ledger: string): Value<typeof Models> {
  const empty = { data: new Float64Array(1), shape: [1, 1] };
  return {
    architecture: ["{}"],
    layout: ["[]"],
    parameters: { data: new Float32Array(1), shape: [1, 1] },
    loss: empty,
    accuracy: empty,
    learningRate: empty,
    members: Uint32Array.of(1000),
    gradients: Uint32Array.of(1),
    ledger: [ledger],
  };
}

Deno.test("trainingEpsilon() of a model with calibrated noise is the epsilon it was calibrated to", async () => {
  const plan = { samplingRate: 0.1, steps: 50 };
  const noiseMultiplier = noiseMultiplierFor({ epsilon: 3, delta: 1e-4, ...plan, accountant: "rdp" });
  const entry = {
    mechanism: "poisson-subsampled gaussian",
    relation: "add or remove one example",
    ...plan,
    noiseMultiplier,
    clip: 1,
    covers: "parameters",
    randomness: "seeded",
  };
  const models = items([model(JSON.stringify({ entries: [entry] })), model("")]);
  const metrics = await runStage<Value<typeof Metrics>>(trainingEpsilon, { models }, { delta: 1e-4 });
  const metric = "epsilon at delta=0.0001";
  assert.ok(Math.abs(metricOf(metrics, metric, 0).value - 3) < 1e-3);
  assert.equal(metricOf(metrics, metric, 1).value, Infinity);
  await assert.rejects(
    async () => await runStage(trainingEpsilon, { models }, { delta: 1e-4, accountant: "basic" }),
    /Cannot account for model 0 by "basic"/,
  );
});
