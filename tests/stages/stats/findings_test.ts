/** @file Findings: which row answers a question, and what verdict its interval gives. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Value } from "../../../dsl/mod.ts";
import type { Findings } from "../../../stages/artifacts/mod.ts";
import { verdictOf } from "../../../stages/stats/finding_rows.ts";
import { findings } from "../../../stages/stats/mod.ts";
import { runStage } from "../_support.ts";

const comparisons = {
  attack: ["LiRA, global variance", "LiRA, global variance", "loss"],
  threat: ["", "", ""],
  metric: ["auc", "auc", "auc"],
  slice: ["all", "all", "all"],
  group: ["sam", "swa", "sam"],
  reference: ["sgd", "sgd", "sgd"],
  value: Float64Array.of(0.03, -0.02, 0.01),
  low: Float64Array.of(0.01, -0.03, -0.01),
  high: Float64Array.of(0.05, -0.01, 0.03),
  p: Float64Array.of(0.01, 0.03, 0.4),
  holm: Float64Array.of(0.03, 0.06, 0.4),
  bh: Float64Array.of(0.03, 0.045, 0.4),
  models: Uint32Array.of(16, 16, 16),
};
const metrics = {
  measure: ["accuracy", "accuracy"],
  metric: ["test accuracy", "test accuracy"],
  slice: ["all", "all"],
  model: Int32Array.of(-1, 0),
  value: Float64Array.of(0.5, 0.4),
  low: Float64Array.of(0.45, NaN),
  high: Float64Array.of(0.55, NaN),
  n: Uint32Array.of(2, 100),
  queries: Uint32Array.of(0, 0),
  threat: ["", ""],
};

function ask(question: object) {
  const params = { questions: [{ question: "Is it so?", expect: "above", ...question }] };
  const inputs = { numbers: { accuracy: metrics }, differences: { attacks: comparisons } };
  return runStage<Value<typeof Findings>>(findings, inputs, params);
}

Deno.test("findings() supports a claim whose whole interval lies above, and says what it compared", async () => {
  const found = await ask({ from: "attacks", row: { measure: "LiRA", group: "sam" } });
  assert.deepEqual([found.verdict[0], found.value[0], found.p[0], found.n[0]], ["supported", 0.03, 0.03, 16]);
  assert.equal(found.claim[0], "sam - sgd, LiRA, global variance, auc: above 0");
});

Deno.test("findings() leaves undecided what Holm's correction takes back, and what its interval does not tell", async () => {
  assert.equal((await ask({ from: "attacks", row: { group: "swa" } })).verdict[0], "undecided");
  assert.equal((await ask({ from: "attacks", row: { measure: "loss" } })).verdict[0], "undecided");
});

Deno.test("findings() reads the mean over models of metrics", async () => {
  assert.equal((await ask({ from: "accuracy", than: 0.6 })).verdict[0], "contradicted");
  assert.equal((await ask({ from: "accuracy", than: 0.6, expect: "below" })).verdict[0], "supported");
});

Deno.test("findings() refuses a question that no row or several rows answer, and names the rows", async () => {
  await assert.rejects(ask({ from: "attacks" }), /3 rows fit .*"loss"/);
  await assert.rejects(ask({ from: "attacks", row: { group: "asam" } }), /0 rows fit/);
  await assert.rejects(ask({ from: "atacks" }), /did you mean "attacks"/i);
});

Deno.test("verdictOf() turns round with the claim and never decides where the interval holds the number", () => {
  const row = fc.record({
    low: fc.double({ min: -1, max: 1, noNaN: true }),
    width: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(fc.property(row, fc.double({ min: -1, max: 1, noNaN: true }), ({ low, width }, than) => {
    const about = {
      name: "",
      measure: "",
      metric: "",
      slice: "",
      group: "",
      value: low,
      low,
      high: low + width,
      p: NaN,
      n: 1,
    };
    const [above, below] = [verdictOf(about, "above", than), verdictOf(about, "below", than)];
    assert.equal(above === "undecided", low <= than && than <= low + width);
    assert.equal(above === "supported", below === "contradicted");
  }));
});

Deno.test("verdictOf() decides nothing about a number without an interval", () => {
  const row = { name: "", measure: "", metric: "", slice: "", group: "", value: 1, low: NaN, high: NaN, p: NaN, n: 1 };
  assert.equal(verdictOf(row, "above", 0), "undecided");
});
