/** @file Linear interpolators against closed forms and simulation. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Value } from "../../../dsl/mod.ts";
import { stream } from "../../../engine/mod.ts";
import type { Metrics } from "../../../stages/artifacts/mod.ts";
import { margins } from "../../../stages/theory/margins.ts";
import { minNorm } from "../../../stages/theory/min_norm.ts";
import { interpolator } from "../../../stages/theory/mod.ts";
import { runStage } from "../_support.ts";

Deno.test("minNorm() interpolates, and no other interpolator has a smaller norm", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 1, max: 5 }), (seed, n) => {
    const d = 8;
    const random = stream(seed, "min-norm");
    const rows = Float64Array.from(random.at("x").normal(n * d));
    const targets = Float64Array.from(random.at("y").normal(n));
    const metric = Float64Array.from(random.at("g").uniform(d), (u) => 0.1 + u);
    const weights = minNorm({ rows, n, metric, targets });
    const at = (w: Float64Array, i: number) => w.reduce((sum, value, k) => sum + value * rows[i * d + k]!, 0);
    for (let i = 0; i < n; i++) assert.ok(Math.abs(at(weights, i) - targets[i]!) < 1e-8);
    // Any other interpolator is this one and something that X maps to 0; G-orthogonality makes its norm larger.
    const other = minNorm({ rows, n, metric: metric.map(() => 1), targets });
    const norm = (w: Float64Array) => w.reduce((sum, value, k) => sum + metric[k]! * value * value, 0);
    assert.ok(norm(weights) <= norm(other) + 1e-9);
  }));
});

Deno.test("minNorm() refuses examples that are dependent", () => {
  const same = {
    rows: Float64Array.of(1, 2, 2, 4),
    n: 2,
    metric: Float64Array.of(1, 1),
    targets: Float64Array.of(1, 3),
  };
  assert.throws(() => minNorm(same), /dependent/);
});

Deno.test("margins() agrees with a simulation of a million examples", () => {
  const model = {
    weights: Float64Array.of(0.8, -0.4, 0.3),
    teacher: Float64Array.of(1, 0.5, 2),
    spectrum: Float64Array.of(2, 1, 0.3),
    noise: 0.1,
  };
  const { mean, variance, outputVariance, below } = margins(model);
  const count = 300_000;
  const x = stream(5, "margins").normal(3 * count);
  const turned = stream(6, "margins").uniform(count);
  const sums = { first: 0, second: 0, below: 0 };
  for (let i = 0; i < count; i++) {
    let [f, t] = [0, 0];
    for (let k = 0; k < 3; k++) {
      const value = x[3 * i + k]! * Math.sqrt(model.spectrum[k]!);
      f += model.weights[k]! * value;
      t += model.teacher[k]! * value;
    }
    const margin = f * Math.sign(t) * (turned[i]! < model.noise ? -1 : 1);
    sums.first += margin / count;
    sums.second += margin ** 2 / count;
    sums.below += Number(margin < 0.7) / count;
  }
  assert.ok(Math.abs(sums.first - mean) < 0.01, `${sums.first} ${mean}`);
  assert.ok(Math.abs(sums.second - outputVariance) < 0.02);
  assert.ok(Math.abs(sums.second - sums.first ** 2 - variance) < 0.02);
  assert.ok(Math.abs(sums.below - below(0.7)) < 0.004, `${sums.below} ${below(0.7)}`);
});

Deno.test("interpolator(): a flatter solution has a larger norm and no larger output variance, on every draw", async () => {
  const few = { dimension: 60, examples: 20, test: 400, draws: 6, noise: 0.1 };
  const [steep, flat] = await Promise.all(
    [0, 20].map((eta) => runStage<Value<typeof Metrics>>(interpolator, {}, { ...few, eta })),
  );
  const of = (m: Value<typeof Metrics>, metric: string) =>
    [...m.value.keys()].filter((i) => m.metric[i] === metric && m.model[i]! >= 0).map((i) => m.value[i]!);
  of(steep!, "output variance").forEach((variance, draw) => {
    assert.ok(of(flat!, "output variance")[draw]! <= variance + 1e-9);
    assert.ok(of(flat!, "squared norm")[draw]! >= of(steep!, "squared norm")[draw]! - 1e-9);
  });
  of(steep!, "predicted advantage").forEach((predicted, draw) => {
    // Four standard errors of a share of 400 examples.
    assert.ok(Math.abs(predicted - of(steep!, "measured advantage")[draw]!) < 0.1);
  });
});

Deno.test("interpolator() refuses fewer weights than examples", async () => {
  await assert.rejects(runStage(interpolator, {}, { eta: 0, dimension: 10, examples: 10 }), /raise "dimension"/);
});
