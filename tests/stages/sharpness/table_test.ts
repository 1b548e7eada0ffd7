/** @file Tables of sharpness: means, paired differences and their correction. */
import assert from "node:assert/strict";
import type { Value } from "../../../dsl/mod.ts";
import type { Metrics, Sharpness, Table } from "../../../stages/artifacts/mod.ts";
import * as sharpness from "../../../stages/sharpness/mod.ts";
import { pairedDifference } from "../../../stages/stats/paired.ts";
import { items, metricOf, runStage } from "../_support.ts";

/** Measures `loss` and `eigenvalue` of each model. */
function zoo(values: readonly (readonly [loss: number, eigenvalue: number])[], residual = 0) {
  return items(values.map((value): Value<typeof Sharpness> => ({
    measure: ["loss", "eigenvalue"],
    value: Float64Array.from(value),
    standardError: Float64Array.of(NaN, NaN),
    iterations: Uint32Array.of(1, 9),
    residual: Float64Array.of(NaN, residual),
    examples: Uint32Array.of(50, 50),
  })));
}

function metricsOf(values: readonly (readonly [number, number])[]): Promise<Value<typeof Metrics>> {
  return runStage(sharpness.metrics, { sharpness: zoo(values) });
}

Deno.test("metrics() has each model's measures, and their mean with Student's interval", async () => {
  const metrics = await metricsOf([[0.1, 10], [0.3, 14]]);
  assert.equal(metricOf(metrics, "eigenvalue", 1).value, 14);
  assert.equal(metricOf(metrics, "eigenvalue", 1).n, 50);
  const { value, low, high } = metricOf(metrics, "eigenvalue");
  assert.equal(value, 12);
  // t_{0.975, 1} = 12.706; the standard error is 2.
  assert.ok(Math.abs(low - (12 - 25.412)) < 1e-2 && Math.abs(high - (12 + 25.412)) < 1e-2);
});

Deno.test("metrics() tells where an eigenvalue has not converged", async () => {
  const logs: string[] = [];
  const log = (text: string) => void logs.push(text);
  await runStage(sharpness.metrics, { sharpness: zoo([[1, 10]], 0.4) }, {}, { log });
  assert.equal(logs.length, 0);
  await runStage(sharpness.metrics, { sharpness: zoo([[1, 10]], 2) }, {}, { log });
  assert.match(logs.join(), /^eigenvalue of model 0 has not converged: 10.00 within 2.0 after 9 products/);
});

Deno.test("pairedDifference() is scipy's paired t test", () => {
  // scipy.stats.ttest_rel([1.2, 0.9, 1.7, 1.1], [1.0, 1.0, 1.2, 0.9]): p = 0.2009762
  const { value, p } = pairedDifference([1.2, 0.9, 1.7, 1.1], [1.0, 1.0, 1.2, 0.9]);
  assert.ok(Math.abs(value - 0.2) < 1e-12);
  assert.ok(Math.abs(p - 0.2009762) < 1e-5, `${p}`);
  assert.throws(() => pairedDifference([1], [1, 2]), /Cannot pair 1 models with 2/);
});

Deno.test("table() has means, and differences paired by mask, in bold where Holm's p-value is small", async () => {
  const metrics = {
    "sgd/0": await metricsOf([[0.1, 10], [0.2, 20], [0.3, 31], [0.4, 40]]),
    "sam/0": await metricsOf([[0.11, 5], [0.18, 15.1], [0.33, 26], [0.39, 35]]),
  };
  const { content } = await runStage<Value<typeof Table>>(sharpness.table, { metrics }, {
    groups: ["sgd", "sam"],
    reference: "sgd",
    labels: { sgd: "SGD", sam: "SAM" },
  });
  const [markdown, csv, latex] = content as [string, string, string];
  const lines = markdown.split("\n");
  assert.match(lines[0]!, /Optimizer\s+\|\s+Loss \|\s+Eigenvalue/);
  assert.match(lines[2]!, /SGD.*0\.25 \[0\.0446, 0\.455\].*25\.3 \[/);
  const last = lines[4]!.split("|").map((cell) => cell.trim());
  assert.equal(last[1], "SAM − SGD");
  assert.doesNotMatch(last[2]!, /\*\*/);
  assert.match(last[3]!, /^\*\*−4\.97 \[−5\.05, −4\.9\]\*\*$/);
  assert.match(markdown, /Holm's correction for 2 tests/);
  assert.ok(csv.includes("sam,0,sharpness,eigenvalue,all,3,35") && latex.includes("\\toprule"));
});

Deno.test("table() refuses metrics that were not measured, and zoos of other sizes", async () => {
  const metrics = { sgd: await metricsOf([[1, 2], [2, 3]]), sam: await metricsOf([[1, 2]]) };
  await assert.rejects(
    runStage(sharpness.table, { metrics }, { metrics: ["trace"] }),
    /Cannot make a table of trace: known are loss, eigenvalue/,
  );
  await assert.rejects(runStage(sharpness.table, { metrics }, { reference: "sgd" }), /Cannot pair 1 models with 2/);
});
