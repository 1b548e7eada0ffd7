/** @file compareMeasures() against differences worked out by hand. */
import assert from "node:assert/strict";
import type { Value } from "../../../dsl/mod.ts";
import type { Comparisons, Metrics } from "../../../stages/artifacts/mod.ts";
import { compareMeasures } from "../../../stages/stats/mod.ts";
import { ModelMetrics } from "../../../stages/stats/model_metrics.ts";
import { runStage } from "../_support.ts";

type Compared = Value<typeof Comparisons>;

function accuracies(slice: string, values: readonly number[]): Value<typeof Metrics> {
  const metrics = new ModelMetrics();
  values.forEach((value, model) =>
    metrics.add({ measure: "accuracy", metric: "test accuracy", slice }, model, value, 9)
  );
  return metrics.table();
}

const inputs = {
  metrics: {
    "sgd/all": accuracies("all", [0.5, 0.6, 0.7]),
    "sam/all": accuracies("all", [0.6, 0.8, 0.7]),
    "sgd/buckets": accuracies("bucket 1", [0.1, 0.1, 0.1]),
    "sam/buckets": accuracies("bucket 1", [0.2, 0.2, 0.2]),
  },
};

Deno.test("compareMeasures() pairs models of one index and corrects over all its rows", async () => {
  const c = await runStage<Compared>(compareMeasures, inputs, { reference: "sgd" });
  assert.deepEqual([c.slice, c.group, [...c.models]], [["all", "bucket 1"], ["sam", "sam"], [3, 3]]);
  // Differences 0.1, 0.2, 0: t = 0.1 / (0.1 / sqrt 3) = 1.732 of 2 degrees, whose two-sided p is 1 - t / sqrt(t² + 2).
  assert.ok(Math.abs(c.value[0]! - 0.1) < 1e-12);
  const p = 1 - Math.sqrt(3 / 5);
  assert.ok(Math.abs(c.p[0]! - p) < 1e-9, `p is ${c.p[0]}`);
  assert.ok(Math.abs(c.high[0]! - (0.1 + 4.302652729911275 * 0.1 / Math.sqrt(3))) < 1e-6);
  // The second difference is the same in every model, to rounding.
  assert.ok(c.p[1]! < 1e-12 && Math.abs(c.holm[0]! - p) < 1e-9);
});

Deno.test("compareMeasures() takes the slices asked for, and refuses unknown ones and unpaired models", async () => {
  const c = await runStage<Compared>(compareMeasures, inputs, { reference: "sgd", slices: ["bucket 1"] });
  assert.deepEqual(c.slice, ["bucket 1"]);
  const run = (params: Record<string, unknown>, more = {}) =>
    runStage(compareMeasures, { metrics: { ...inputs.metrics, ...more } }, params);
  await assert.rejects(() => run({ reference: "sdg" }), /Cannot compare with group "sdg".*"sgd"/);
  await assert.rejects(() => run({ reference: "sgd", slices: ["bucket 2"] }), /slice "bucket 2".*"bucket 1"/);
  const fewer = { "sam/all": accuracies("all", [0.6, 0.8]) };
  await assert.rejects(() => run({ reference: "sgd" }, fewer), /Cannot pair "sam" with "sgd".*model 2/);
});
