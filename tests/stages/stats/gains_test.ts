/** @file Gains between zoos: contrasts of slices, mediation, regression on entropy and difficulty. */
import assert from "node:assert/strict";
import type { Value } from "../../../dsl/mod.ts";
import { stream } from "../../../engine/random.ts";
import type { Buckets, Comparisons, Metrics, Scores } from "../../../stages/artifacts/mod.ts";
import { matchedDifferences, mediation, pool, regressGain, sliceContrast } from "../../../stages/stats/mod.ts";
import { ratioOfMeans } from "../../../stages/stats/mediation.ts";
import { ModelMetrics } from "../../../stages/stats/model_metrics.ts";
import { dataset, logitsFromBits, masksOf, metricOf, runStage } from "../_support.ts";

type Measured = Value<typeof Metrics>;

function accuracies(slices: Record<string, readonly number[]>): Measured {
  const metrics = new ModelMetrics();
  for (const [slice, values] of Object.entries(slices)) {
    values.forEach((v, model) => metrics.add({ measure: "accuracy", metric: "test accuracy", slice }, model, v, 9));
  }
  return metrics.table();
}

Deno.test("sliceContrast() subtracts one slice from another, model by model", async () => {
  const metrics = accuracies({ "bucket 1": [0.5, 0.7], "bucket 5": [0.9, 0.8], "all": [0.7, 0.7] });
  const contrast = await runStage<Measured>(sliceContrast, { metrics }, { slice: "bucket 1", against: "bucket 5" });
  const name = "bucket 1 - bucket 5";
  assert.ok(Math.abs(metricOf(contrast, "test accuracy", 0, name).value + 0.4) < 1e-12);
  assert.ok(Math.abs(metricOf(contrast, "test accuracy", -1, name).value + 0.25) < 1e-12);
  assert.deepEqual(new Set(contrast.slice), new Set([name]));
  await assert.rejects(
    async () => await runStage(sliceContrast, { metrics }, { slice: "bucket 1", against: "bucket 6" }),
    /none is "bucket 6".*"bucket 5"/,
  );
});

Deno.test("ratioOfMeans() has Fieller's interval, and none where the divisor cannot be told from 0", () => {
  const random = stream(3, "fieller");
  let covered = 0;
  const trials = 400;
  for (let trial = 0; trial < trials; trial++) {
    const [a, b] = [random.normal(8), random.normal(8)].map((draws, i) => [...draws].map((z) => [1, 2][i]! + 0.4 * z));
    const { low, high } = ratioOfMeans(a!, b!);
    covered += Number(low <= 0.5 && 0.5 <= high);
  }
  // Exact coverage is 95 %; four standard deviations of a binomial of 400 are 4.4 %.
  assert.ok(covered / trials > 0.906 && covered / trials < 0.994, `covered ${covered} of ${trials}`);
  assert.ok(Number.isNaN(ratioOfMeans([1, 1.1], [-1, 1.2]).low));
});

Deno.test("mediation() says which share of a gain a treatment takes away", async () => {
  const of = { metric: "test accuracy", slice: "bucket 1" };
  const metrics = {
    "control gained": accuracies({ "bucket 1": [0.6, 0.72, 0.8] }),
    "control base": accuracies({ "bucket 1": [0.5, 0.6, 0.7] }),
    "treated gained": accuracies({ "bucket 1": [0.53, 0.62, 0.73] }),
    "treated base": accuracies({ "bucket 1": [0.5, 0.6, 0.7] }),
  };
  const shares = await runStage<Measured>(mediation, { metrics }, { of });
  const { value, low, high, n } = metricOf(shares, "mediated share");
  assert.ok(Math.abs(value - (1 - 0.08 / 0.32)) < 1e-12 && n === 3);
  assert.ok(low < value && value < high);
  assert.ok(Math.abs(metricOf(shares, "gain", -1, "control").value - 0.32 / 3) < 1e-12);
  assert.ok(Math.abs(metricOf(shares, "gain taken away").value - 0.24 / 3) < 1e-12);
  const swapped = { "control gained": metrics["control base"], "control base": metrics["control gained"] };
  const loss = await runStage<Measured>(mediation, { metrics: { ...metrics, ...swapped } }, { of });
  assert.ok(Number.isNaN(metricOf(loss, "mediated share").low), "of a loss there is no share of a gain");
  const { "treated base": _, ...missing } = metrics;
  await assert.rejects(async () => await runStage(mediation, { metrics: missing }, { of }), /"treated base"/);
});

/** A gain of 1 for a planted share of test examples, by their entropy or their difficulty. */
function planted(by: "entropy" | "difficulty") {
  const tests = 600;
  const models = 6;
  const random = stream(5, "planted");
  const data = dataset([0, 1], Array.from({ length: tests }, (_, j) => j % 2));
  const masks = masksOf(data, Array.from({ length: models }, () => [1, 0]));
  const [entropy, noise] = [random.normal(tests), random.normal(tests)];
  // Correlated at 0.6, so that each alone predicts the gain that the other makes.
  const difficulty = entropy.map((e, j) => -0.6 * e + 0.8 * noise[j]!);
  const cause = by === "entropy" ? entropy.map((e) => -e) : difficulty;
  const bits = (gain: boolean) =>
    Array.from({ length: models }, () => [
      1,
      1,
      ...Array.from(random.uniform(tests), (u, j) => Number(u < (gain && cause[j]! > 0.5 ? 0.9 : 0.4))),
    ]);
  const example = data.id.slice(2);
  const buckets: Value<typeof Buckets> = {
    example,
    entropy: Float64Array.from(entropy),
    bucket: new Int32Array(tests),
  };
  const scores: Value<typeof Scores> = {
    example,
    score: new Array<string>(tests).fill("difficulty"),
    value: Float64Array.from(difficulty),
    standardError: new Float64Array(tests),
  };
  const zoos = { gained: logitsFromBits(data, bits(true)), base: logitsFromBits(data, bits(false)) };
  return { masks, ...zoos, data, buckets, scores };
}

Deno.test("regressGain() gives the gain to its planted cause, and to what only correlates with it when alone", async () => {
  for (const [cause, other, sign] of [["entropy", "difficulty", -1], ["difficulty", "entropy", 1]] as const) {
    const metrics = await runStage<Measured>(regressGain, planted(cause), { replicates: 200 });
    const of = (measure: string, slice: string) => {
      const row = [...metrics.value.keys()].find((i) =>
        metrics.measure[i] === measure && metrics.slice[i] === slice && metrics.model[i] === -1
      )!;
      return { value: metrics.value[row]!, low: metrics.low[row]!, high: metrics.high[row]! };
    };
    const both = "gain ~ entropy + difficulty";
    const [real, spurious, alone] = [of(both, cause), of(both, other), of(`gain ~ ${other}`, other)];
    assert.ok(sign * real.value > 0.1 && (sign > 0 ? real.low > 0 : real.high < 0), JSON.stringify(real));
    assert.ok(Math.abs(spurious.value) < 0.03, JSON.stringify(spurious));
    assert.ok(-sign * alone.value > 0.05 && (sign > 0 ? alone.high < 0 : alone.low > 0), JSON.stringify(alone));
  }
});

function zoo(accuracy: readonly number[], auc: readonly number[]): Measured {
  const metrics = new ModelMetrics();
  accuracy.forEach((v, model) => metrics.add({ measure: "accuracy", metric: "test accuracy" }, model, v, 9));
  auc.forEach((v, model) => metrics.add({ measure: "confidence attack", metric: "auc", queries: 1 }, model, v, 9));
  return metrics.table();
}

Deno.test("pool() renumbers the models of several zoos and keeps what they are about", async () => {
  const metrics = { "short/all": zoo([0.1, 0.2], [0.5, 0.6]), "long/all": zoo([0.3, 0.4], [0.7, 0.8]) };
  const pooled = await runStage<Measured>(pool, { metrics }, { zoos: ["short", "long"], stride: 4 });
  assert.deepEqual([0, 1, 4, 5].map((model) => metricOf(pooled, "auc", model).value), [0.5, 0.6, 0.7, 0.8]);
  assert.ok(Math.abs(metricOf(pooled, "test accuracy").value - 0.25) < 1e-12);
  assert.equal(metricOf(pooled, "auc", 4).queries, 1);
  await assert.rejects(
    async () => await runStage(pool, { metrics }, { zoos: ["short"], stride: 4 }),
    /"short", "long"/,
  );
  const narrow = { zoos: ["short", "long"], stride: 1 };
  await assert.rejects(async () => await runStage(pool, { metrics }, narrow), /stride of 1/);
});

Deno.test("matchedDifferences() compares each model with the one of the sweep that is as accurate", async () => {
  const metrics = {
    "sgd/all": zoo([0.5, 0.6, 0.7], [0.6, 0.6, 0.6]),
    "sam 5/all": zoo([0.5, 0.5, 0.5], [0.5, 0.1, 0.1]),
    "sam 20/all": zoo([0.9, 0.62, 0.7], [0.9, 0.7, 0.9]),
  };
  const logged: string[] = [];
  const params = {
    reference: "sgd",
    group: "sam",
    match: { metric: "test accuracy" },
    of: [{ measure: "confidence attack", metric: "auc" }],
  };
  const c = await runStage<Value<typeof Comparisons>>(matchedDifferences, { metrics }, params, {
    log: (line) => logged.push(line),
  });
  assert.deepEqual([c.attack, c.metric, c.group], [["matched", "confidence attack"], ["test accuracy", "auc"], [
    "sam",
    "sam",
  ]]);
  // Matches: of 5, 20 and 20 epochs. Accuracies differ by 0, 0.02, 0; areas by -0.1, 0.1, 0.3.
  assert.ok(Math.abs(c.value[0]! - 0.02 / 3) < 1e-12 && Math.abs(c.value[1]! - 0.1) < 1e-12);
  assert.match(logged[0]!, /"sam 5" \(1\), "sam 20" \(2\)/);
  const unknown = { ...params, reference: "sdg" };
  await assert.rejects(async () => await runStage(matchedDifferences, { metrics }, unknown), /"sdg".*"sgd"/);
});
