/** @file budget(): its estimates are those of the stages, and its correlations behave as they must. */
import assert from "node:assert/strict";
import type { Value } from "../../../dsl/mod.ts";
import { stream } from "../../../engine/random.ts";
import type { Influence, Metrics, Scores } from "../../../stages/artifacts/mod.ts";
import { estimateFrom, read } from "../../../stages/score/budget_estimates.ts";
import {
  budget,
  confidenceMemorization,
  influence,
  influenceEntropy,
  memorization,
} from "../../../stages/score/mod.ts";
import { Zoo } from "../../../stages/stats/zoo.ts";
import { context, dataset, logitsOf, masksOf, metricOf, runStage } from "../_support.ts";

const [n, tests, models] = [60, 30, 24];
const random = stream(3, "budget");
const data = dataset([...random.integers(n, 0, 3)], [...random.integers(tests, 0, 3)]);
/** How surely each example is right without itself, which is what its memorization depends on. */
const ease = random.uniform(n + tests);
const members = Array.from({ length: models }, () => [...random.integers(n, 0, 2)]);
const zoo = {
  masks: masksOf(data, members),
  logits: logitsOf(
    data,
    members.map((member) =>
      Array.from(ease, (p, row) => {
        const right = (row < n && member[row] === 1) || random.uniform(1)[0]! < p;
        const label = right ? data.y[row]! : (data.y[row]! + 1) % 3;
        return [Array.from({ length: 3 }, (_, k) => (k === label ? 1 : 0) + random.uniform(1)[0]! / 4)];
      })
    ),
  ),
  data,
};

Deno.test("estimateFrom() is what memorization, confidenceMemorization and influenceEntropy have of the same models", async () => {
  const opened = new Zoo(zoo);
  const table = await runStage<Value<typeof Influence>>(influence, zoo, { models: "even" });
  const wanted = {
    "memorization": await runStage<Value<typeof Scores>>(memorization, zoo, { models: "even" }),
    "log-confidence memorization": await runStage<Value<typeof Scores>>(confidenceMemorization, zoo, {
      models: "even",
    }),
    "influence entropy": await runStage<Value<typeof Scores>>(influenceEntropy, { influence: table, data }),
  } as const;
  for (const [score, { value }] of Object.entries(wanted)) {
    const kind = score as keyof typeof wanted;
    const even = [];
    for await (const model of opened.models(context())) if (model.index % 2 === 0) even.push(read(model, opened, kind));
    const found = estimateFrom(even, opened, kind);
    assert.equal(found.length, value.length);
    for (const i of value.keys()) {
      assert.ok(Math.abs(found[i]! - value[i]!) < 1e-6, `${score} of ${i}: ${found[i]}, not ${value[i]}`);
    }
  }
});

Deno.test("budget() rises with the number of models, and is higher where the whole zoo contains them", async () => {
  const params = { sizes: [4, 12, 20], repeats: 12 };
  const found = await runStage<Value<typeof Metrics>>(budget, zoo, params);
  const at = (metric: string, size: number) => metricOf(found, metric, -1, `${size} models`);
  const [few, more, most] = params.sizes.map((size) => at("spearman with all", size));
  assert.ok(few!.value < more!.value && more!.value < most!.value, `${few!.value} ${more!.value} ${most!.value}`);
  assert.ok(most!.value > 0.95 && few!.low < few!.value && few!.value < few!.high);
  assert.ok(at("spearman with the rest", 12).value < more!.value);
  // Twelve of twenty-four: the rest is the other half.
  assert.equal(at("spearman with the rest", 12).value, at("split-half spearman", 12).value);
  assert.throws(() => at("split-half spearman", 20));
  await assert.rejects(() => runStage(budget, zoo, { sizes: [24] }), /Cannot compare 24 models.*zoo of 24/);
});
