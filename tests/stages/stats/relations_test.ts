/** @file Correlations and regressions against SciPy and statsmodels, and the stages made of them. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Value } from "../../../dsl/mod.ts";
import { stream } from "../../../engine/mod.ts";
import type { Comparisons, Metrics, Scores } from "../../../stages/artifacts/mod.ts";
import { ranks } from "../../../stages/score/correlation.ts";
import { Ordered, partialCorrelation, weightedPearson } from "../../../stages/stats/correlations.ts";
import {
  adjustedDifferences,
  correlateMetrics,
  correlateScores,
  pickRows,
  regressMetrics,
} from "../../../stages/stats/mod.ts";
import { leastSquares } from "../../../stages/stats/ols.ts";
import { ModelMetrics } from "../../../stages/stats/model_metrics.ts";
import fixture from "../../fixtures/relations.json" with { type: "json" };
import { metricOf, runStage } from "../_support.ts";

function close(actual: number, wanted: number, tolerance = 1e-9): void {
  assert.ok(Math.abs(actual - wanted) <= tolerance, `${actual} is not ${wanted}`);
}

Deno.test("partialCorrelation() is SciPy's and statsmodels', with and without covariates, ties included", () => {
  for (const { x, y, z, ...wanted } of fixture.correlations) {
    close(partialCorrelation("pearson", x, y), wanted.pearson);
    close(partialCorrelation("spearman", x, y), wanted.spearman);
    close(partialCorrelation("pearson", x, y, z), wanted.partialPearson);
    close(partialCorrelation("spearman", x, y, z), wanted.partialSpearman);
  }
});

Deno.test("weightedPearson() and Ordered count observations as often as SciPy's repeated ones", () => {
  for (const { x, y, weights, resampledPearson, resampledSpearman } of fixture.correlations) {
    close(weightedPearson(x, y, weights), resampledPearson);
    const [rx, ry] = [new Ordered(x).ranks(weights), new Ordered(y).ranks(weights)];
    close(weightedPearson(rx, ry, weights), resampledSpearman);
  }
});

Deno.test("Ordered gives the ranks of repeated observations, for any weights", () => {
  const observation = fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: 0, max: 3 }));
  fc.assert(fc.property(fc.array(observation, { minLength: 1, maxLength: 12 }), (observations) => {
    const [values, weights] = [observations.map(([v]) => v), observations.map(([, w]) => w)];
    const weighted = new Ordered(values).ranks(weights);
    const repeated = ranks(observations.flatMap(([v, w]) => Array<number>(w).fill(v)));
    const owners = observations.flatMap(([, w], i) => Array<number>(w).fill(i));
    owners.forEach((owner, at) => assert.equal(weighted[owner], repeated[at]));
  }));
});

Deno.test("leastSquares() has statsmodels' coefficients, errors, intervals and p-values of three kinds", () => {
  for (const { y, X, clusters, r2, ...wanted } of fixture.regressions) {
    for (const errors of ["classical", "hc3", "cluster"] as const) {
      const fit = leastSquares({ y, X, errors, clusters });
      const told = wanted[errors];
      close(fit.r2, r2);
      fit.coefficients.forEach((coefficient, j) => {
        close(coefficient.value, told.value[j]!);
        close(coefficient.standardError, told.standardError[j]!);
        close(coefficient.p, told.p[j]!, 1e-7);
        close(coefficient.low, told.interval[j]![0]!, 1e-6);
        close(coefficient.high, told.interval[j]![1]!, 1e-6);
      });
    }
  }
});

Deno.test("leastSquares() refuses terms that depend on each other, and too few observations", () => {
  const X = [[1, 2, 3], [1, 4, 5], [1, 6, 7], [1, 0, 1]];
  assert.throws(() => leastSquares({ y: [1, 2, 3, 5], X }), /some terms depend on each other/);
  assert.throws(() => leastSquares({ y: [1, 2], X: [[1, 2], [1, 3]] }), /2 coefficients to 2 observations/);
});

/** Attack success that is 0.5 + 0.3 train accuracy + 0.05 for SAM, and test accuracies that SAM raises. */
function zoos(models = 12): Record<string, Value<typeof Metrics>> {
  const noise = stream(5, "relations").normal(4 * models);
  function zoo(sam: number): Value<typeof Metrics> {
    const metrics = new ModelMetrics();
    for (let k = 0; k < models; k++) {
      const [a, b] = [noise[4 * k + 2 * sam]!, noise[4 * k + 2 * sam + 1]!];
      const train = 0.8 + 0.05 * a;
      metrics.add({ measure: "accuracy", metric: "train accuracy" }, k, train, 1);
      metrics.add({ measure: "accuracy", metric: "test accuracy" }, k, 0.6 + 0.1 * sam + 0.02 * b, 1);
      metrics.add({ measure: "LiRA, online", metric: "auc", queries: 1 }, k, 0.5 + 0.3 * train + 0.05 * sam, 1);
    }
    return metrics.table();
  }
  return { sgd: zoo(0), sam: zoo(1) };
}

Deno.test("correlateMetrics() separates differences between groups from those within them", async () => {
  const params = { y: { measure: "LiRA", metric: "auc" }, x: { metric: "test accuracy" } };
  const pooled = await runStage<Value<typeof Metrics>>(correlateMetrics, { metrics: zoos() }, params);
  assert.equal(pooled.measure[0], "LiRA, auc ~ test accuracy");
  const all = metricOf(pooled, "pearson");
  assert.ok(all.low > 0.5 && all.n === 24, `${all.value}`);
  const within = metricOf(pooled, "pearson", -1, "within groups");
  assert.ok(within.low < 0 && within.high > 0, `${within.low} to ${within.high}`);
  // Given the train accuracy as well, nothing but the group is left, and that is 0.05 exactly.
  const given = await runStage<Value<typeof Metrics>>(correlateMetrics, { metrics: zoos() }, {
    ...params,
    given: [{ metric: "train accuracy" }],
  });
  assert.ok(metricOf(given, "pearson").value > 0.9);
});

Deno.test("regressMetrics() and adjustedDifferences() find the planted slope and the group's effect", async () => {
  const asked = {
    y: { measure: "LiRA", metric: "auc" },
    x: [{ metric: "train accuracy" }, { metric: "test accuracy" }],
    reference: "sgd",
  };
  const terms = await runStage<Value<typeof Metrics>>(regressMetrics, { metrics: zoos() }, asked);
  close(metricOf(terms, "coefficient", -1, "train accuracy").value, 0.3);
  close(metricOf(terms, "coefficient", -1, "test accuracy").value, 0);
  close(metricOf(terms, "coefficient", -1, "sam").value, 0.05);
  close(metricOf(terms, "r2").value, 1);
  const effects = await runStage<Value<typeof Comparisons>>(adjustedDifferences, { metrics: zoos() }, asked);
  assert.deepEqual([effects.attack, effects.group], [["LiRA | train accuracy, test accuracy"], ["sam"]]);
  close(effects.value[0]!, 0.05);
  assert.ok(effects.holm[0]! < 1e-6 && effects.models[0] === 12);
  await assert.rejects(
    () => runStage(regressMetrics, { metrics: zoos() }, { ...asked, reference: "sdg" }),
    /Cannot compare with group "sdg".*"sgd"/,
  );
  await assert.rejects(
    () => runStage(regressMetrics, { metrics: zoos() }, { ...asked, y: { metric: "acu" } }),
    /No number about a model.*did you mean "auc"/,
  );
});

/** Scores of examples 0 and up: truth times `share`, plus noise of its own a half. */
function scores(name: string, values: ArrayLike<number>, from = 0): Value<typeof Scores> {
  return {
    example: Uint32Array.from({ length: values.length }, (_, i) => from + i),
    score: Array.from(values, () => name),
    value: Float64Array.from(values),
    standardError: new Float64Array(values.length).fill(NaN),
  };
}

Deno.test("correlateScores() corrects for what noise takes away, within its interval", async () => {
  const n = 3000;
  const random = stream(9, "scores");
  const [truth, other] = [random.normal(n), random.normal(n)];
  // The second truth correlates 0.6 with the first.
  const second = truth.map((t, i) => 0.6 * t + 0.8 * other[i]!);
  const noisy = (values: Float32Array | Float64Array, noise: number) => {
    const own = random.normal(n);
    return Float64Array.from(values, (v, i) => v + noise * own[i]!);
  };
  function halves(values: Float32Array | Float64Array, noise: number) {
    const [even, odd] = [noisy(values, noise), noisy(values, noise)];
    return { even, odd, whole: even.map((v, i) => (v + odd[i]!) / 2) };
  }
  const [a, b] = [halves(truth, 1), halves(second, 0.5)];
  const inputs = {
    scores: {
      a: scores("memorization", a.whole),
      "a/even": scores("memorization", a.even),
      "a/odd": scores("memorization", a.odd),
      b: scores("memorization", b.whole),
      "b/even": scores("memorization", b.even),
      "b/odd": scores("memorization", b.odd),
    },
  };
  const found = await runStage<Value<typeof Metrics>>(correlateScores, inputs, { kinds: ["pearson"], replicates: 200 });
  const cell = (metric: string, x: string, y: string) => {
    const row = found.metric.findIndex((m, i) => m === metric && found.measure[i] === x && found.slice[i] === y);
    assert.ok(row >= 0, `no ${metric} of ${x} and ${y}`);
    return { value: found.value[row]!, low: found.low[row]!, high: found.high[row]!, n: found.n[row]! };
  };
  assert.equal(cell("pearson", "a", "a").value, 1);
  // Half of the variance of a half is noise, so that the halves correlate 1/2.
  close(cell("pearson of halves", "a", "a").value, 0.5, 0.05);
  const plain = cell("pearson", "a", "b");
  assert.ok(plain.high < 0.6, `${plain.value}`);
  const corrected = cell("pearson corrected", "b", "a");
  assert.ok(corrected.low < 0.6 && corrected.high > 0.6 && corrected.high - corrected.low < 0.15, `${corrected.value}`);
  assert.equal(corrected.n, n);
});

Deno.test("correlateScores() takes the examples that both scores have, and tells what is not comparable", async () => {
  const inputs = {
    scores: {
      train: scores("a", [1, 2, 3, 4, NaN]),
      both: scores("b", [9, 4, 3, 2, 1, 7, 8]),
      test: scores("c", [1, 2, 3], 5),
    },
  };
  const found = await runStage<Value<typeof Metrics>>(correlateScores, inputs, {
    order: ["train", "both", "test"],
    kinds: ["spearman"],
  });
  assert.deepEqual(found.slice, ["train", "both", "test", "train", "both", "test", "train", "both", "test"]);
  assert.deepEqual([...found.value], [1, -1, NaN, -1, 1, NaN, NaN, NaN, 1]);
  assert.deepEqual([...found.n], [4, 4, 0, 4, 7, 2, 0, 2, 3]);
  const half = { "train/even": scores("a", [1, 2, 3]) };
  await assert.rejects(
    () => runStage(correlateScores, { scores: { ...inputs.scores, ...half } }),
    /"train\/even" is a half: wire the other, "train\/odd"/,
  );
});

Deno.test("pickRows() gives rows other names, and turns negative numbers round when told so", async () => {
  const metrics = new ModelMetrics();
  metrics.add({ measure: "memorization", metric: "spearman", slice: "c-score" }, 0, -0.5, 1);
  const table = { ...metrics.table(), low: Float64Array.of(-0.6, NaN), high: Float64Array.of(-0.3, NaN) };
  const params = { of: { slice: "c-score" }, as: { measure: "proxy" }, flip: true };
  const picked = await runStage<Value<typeof Metrics>>(pickRows, { metrics: table }, params);
  assert.deepEqual(picked.measure, ["proxy", "proxy"]);
  assert.deepEqual([picked.value[0], picked.low[0], picked.high[0]], [0.5, 0.3, 0.6]);
  await assert.rejects(() => runStage(pickRows, { metrics: table }, { of: { metric: "pearson" } }), /No row is of/);
});
