/** @file Membership inference attacks on zoos whose results are known. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { expectTypeOf } from "expect-type";
import type { Node } from "../../../dsl/mod.ts";
import { stream } from "../../../engine/random.ts";
import type { AttackScores, Dataset, Masks, Predictions } from "../../../stages/artifacts/mod.ts";
import * as attack from "../../../stages/attack/mod.ts";
import { dataset, logitsFromBits, logitsOf, masksOf, metricOf, runStage } from "../_support.ts";
import { runAttack } from "./_support.ts";

const mean = (bits: readonly number[]) => bits.reduce((sum, bit) => sum + bit, 0) / bits.length;

/** A zoo of models with random masks and random right answers, every model with members and non-members. */
const zoos = fc.record({ models: fc.integer({ min: 1, max: 4 }), train: fc.integer({ min: 2, max: 12 }) }).chain(
  ({ models, train }) =>
    fc.record({
      masks: fc.array(
        fc.array(fc.nat(1), { minLength: train, maxLength: train }).filter((bits) => new Set(bits).size === 2),
        { minLength: models, maxLength: models },
      ),
      right: fc.array(fc.array(fc.nat(1), { minLength: train + 3, maxLength: train + 3 }), {
        minLength: models,
        maxLength: models,
      }),
      labels: fc.array(fc.nat(1), { minLength: train, maxLength: train }),
    }),
);

for (const nonMembers of ["held-out", "test"] as const) {
  Deno.test(`attack.correctness() has balanced accuracy 0.5 (1 + gap), non-members "${nonMembers}"`, async () => {
    await fc.assert(
      fc.asyncProperty(zoos, async ({ masks, right, labels }) => {
        const data = dataset(labels, [0, 1, 0]);
        const inputs = { data, masks: masksOf(data, masks), logits: logitsFromBits(data, right) };
        const metrics = await runAttack(attack.correctness, inputs, { nonMembers });
        const accuracies = masks.map((mask, k) => {
          const train = right[k]!.slice(0, mask.length);
          const members = mean(train.filter((_, i) => mask[i] === 1));
          const others = nonMembers === "test" ? right[k]!.slice(-3) : train.filter((_, i) => mask[i] === 0);
          return 0.5 * (1 + members - mean(others));
        });
        for (const [k, wanted] of accuracies.entries()) {
          const { value, queries, threat } = metricOf(metrics, "balanced accuracy", k);
          assert.ok(Math.abs(value - wanted) < 1e-12);
          assert.ok(Math.abs(metricOf(metrics, "advantage", k).value - (2 * wanted - 1)) < 1e-12);
          // The ROC curve of a binary score has one corner: its area is the balanced accuracy there.
          assert.ok(Math.abs(metricOf(metrics, "auc", k).value - wanted) < 1e-12);
          assert.equal(queries, 1);
          assert.equal(threat, `label-only, no shadow model, ${nonMembers} non-members`);
        }
        assert.ok(Math.abs(metricOf(metrics, "balanced accuracy").value - mean(accuracies)) < 1e-12);
        assert.ok(!metrics.metric.some((metric) => metric.startsWith("tpr@fpr")));
      }),
      { numRuns: 50 },
    );
  });
}

// Two classes, four training examples of each; a logit gap of the label's class over the other, by model and example.
// Class 0 members have gaps around 2, class 1 members around 10: one threshold a class tells all apart, one for both
// does not.
const labels = [0, 0, 0, 0, 1, 1, 1, 1];
const data = dataset(labels, [0, 1]);
const halves = [[1, 1, 0, 0, 1, 1, 0, 0], [0, 0, 1, 1, 0, 0, 1, 1]];
function logitsByGap(gaps: readonly (readonly number[])[]) {
  return logitsOf(data, gaps.map((model) => model.map((gap, row) => [data.y[row] === 0 ? [gap, 0] : [0, gap]])));
}
const separable = logitsByGap([[2, 2, 1, 1, 10, 10, 9, 9, 0, 0], [1, 1, 2, 2, 9, 9, 10, 10, 0, 0]]);

Deno.test("attack.confidence() chooses one threshold a class on the shadow, or one for all", async () => {
  const inputs = { data, masks: masksOf(data, halves), logits: separable };
  for (const stage of [attack.confidence, attack.entropy, attack.modifiedEntropy]) {
    const byClass = await runAttack(stage, inputs);
    assert.equal(metricOf(byClass, "balanced accuracy").value, 1, stage.definition.name);
    // Pooled: member scores rank 2 > 1 and 10 > 9 but a class-1 non-member beats a class-0 member: 3 of 4 pairs won.
    assert.equal(metricOf(byClass, "auc").value, 0.75);
    const pooled = await runAttack(stage, inputs, { threshold: "global" });
    assert.equal(metricOf(pooled, "balanced accuracy").value, 0.75);
  }
});

Deno.test("attack.confidence() takes its threshold from the shadow, not from the target", async () => {
  // The shadow's threshold is 2 in class 0; all gaps of the target are below it, so all are called non-members.
  const logits = logitsByGap([[1, 1, 0, 0, 1, 1, 0, 0, 0, 0], [1, 1, 2, 2, 1, 1, 2, 2, 0, 0]]);
  const metrics = await runAttack(attack.confidence, { data, masks: masksOf(data, halves), logits });
  assert.equal(metricOf(metrics, "balanced accuracy", 0).value, 0.5);
  assert.equal(metricOf(metrics, "auc", 0).value, 1);
  // Model 1's shadow is model 0, whose threshold is 1: everything of model 1 is called a member.
  assert.equal(metricOf(metrics, "balanced accuracy", 1).value, 0.5);
  assert.equal(metricOf(metrics, "balanced accuracy").n, 2);
  assert.equal(metricOf(metrics, "balanced accuracy", 1).n, 8);
});

Deno.test("attack.confidence() pools several shadows and reads each model about once", async () => {
  const models = 6;
  const random = stream(5, "pool");
  const gaps = Array.from({ length: models }, () => [...random.normal(10)].map((g) => g * 3));
  const designs = Array.from({ length: models }, (_, k) => halves[k % 2]!);
  const logits = logitsByGap(gaps);
  let reads = 0;
  const counted = { ...logits, at: (index: number) => (reads++, logits.at(index)) };
  const inputs = { data, masks: masksOf(data, designs), logits: counted };
  const metrics = await runAttack(attack.confidence, inputs, { shadows: 3 });
  assert.equal(reads, models + 3);
  assert.match(metricOf(metrics, "auc").threat, /^confidence vector, 3 shadow models/);

  // Model 4 by brute force: thresholds from models 5, 0, 1 pooled, class by class.
  const score = (k: number, i: number) => gaps[k]![i]!;
  let [hits, misses] = [0, 0];
  for (const rows of [[0, 1, 2, 3], [4, 5, 6, 7]]) {
    const pool = [5, 0, 1].flatMap((k) => rows.map((i) => ({ score: score(k, i), member: designs[k]![i] })));
    const accuracy = (t: number) =>
      mean(pool.filter((p) => p.member).map((p) => Number(p.score >= t))) +
      mean(pool.filter((p) => !p.member).map((p) => Number(p.score < t)));
    const best = Math.max(...pool.map((p) => accuracy(p.score)));
    const threshold = Math.min(...pool.map((p) => p.score).filter((t) => Math.abs(accuracy(t) - best) < 1e-12));
    for (const i of rows) {
      const said = score(4, i) >= threshold;
      if (designs[4]![i]) hits += Number(said);
      else misses += Number(!said);
    }
  }
  assert.ok(Math.abs(metricOf(metrics, "balanced accuracy", 4).value - 0.5 * (hits / 4 + misses / 4)) < 1e-12);
});

Deno.test("attack.confidence() finds nothing in models that do not depend on their members", async () => {
  const n = 400;
  const random = stream(11, "null");
  const blind = dataset(Array.from({ length: n }, (_, i) => i % 2), [0]);
  const masks = Array.from({ length: 8 }, () => [...random.integers(n, 0, 2)]);
  const logits = logitsOf(blind, masks.map(() => [...random.normal(n + 1)].map((gap) => [[gap, 0]])));
  const metrics = await runAttack(attack.confidence, { data: blind, masks: masksOf(blind, masks), logits });
  // Standard deviations are 0.5 / sqrt(400) = 0.025 for one model and a third of it for the mean of eight.
  for (const metric of ["balanced accuracy", "auc"]) {
    const { value, low, high } = metricOf(metrics, metric);
    assert.ok(Math.abs(value - 0.5) < 0.03, `${metric} is ${value}`);
    assert.ok(low < value && value < high);
  }
  // About 200 non-members: 1 % of them is two, 0.1 % is none.
  assert.ok(metricOf(metrics, "tpr@fpr=0.01").value < 0.1);
  assert.ok(!metrics.metric.includes("tpr@fpr=0.001"));
});

Deno.test("attack.augmentation() counts right views, and records a query for each", async () => {
  // Members are right on all three views, non-members on the first alone.
  const logits = logitsOf(
    data,
    halves.map((mask) =>
      [...data.y].map((label, row) => {
        const right = label === 0 ? [1, 0] : [0, 1];
        const wrong = right.toReversed();
        return mask[row] === 1 ? [right, right, right] : [right, wrong, wrong];
      })
    ),
  );
  const inputs = { data, masks: masksOf(data, halves), logits };
  const metrics = await runAttack(attack.augmentation, inputs);
  const { value, queries, threat } = metricOf(metrics, "balanced accuracy");
  assert.equal(value, 1);
  assert.equal(queries, 3);
  assert.equal(threat, "label-only, one shadow model, held-out non-members");
  assert.equal(metricOf(await runAttack(attack.correctness, inputs), "balanced accuracy").value, 0.5);
});

Deno.test("attacks refuse zoos that they cannot attack, and say what to do", async () => {
  const masks = masksOf(data, halves);
  const one = { data, masks: masksOf(data, [halves[0]!]), logits: logitsByGap([[2, 2, 1, 1, 1, 1, 1, 1, 1, 1]]) };
  await assert.rejects(runStage(attack.confidence, one), /^RangeError: Cannot attack a zoo of 1 with 1 shadow models/);
  await assert.rejects(
    runStage(attack.confidence, { ...one, logits: separable }),
    /there are 1 masks and the logits of 2/,
  );
  await assert.rejects(
    runStage(attack.augmentation, { data, masks, logits: separable }),
    /Cannot attack by augmentation with 1 view/,
  );
  const full = masksOf(data, [new Array<number>(8).fill(1), halves[1]!]);
  await assert.rejects(
    runStage(attack.correctness, { data, masks: full, logits: separable }),
    /Cannot attack model 0: it has 8 members and 0 non-members \(held-out\)/,
  );
  const lopsided = masksOf(data, [[1, 1, 0, 0, 1, 1, 1, 1], halves[1]!]);
  await assert.rejects(
    runStage(attack.confidence, { data, masks: lopsided, logits: separable }),
    /Cannot choose a threshold for class 1: the shadow models 0 have 4 members and 0 non-members/,
  );
  const diverged = logitsByGap([[2, 2, 1, 1, NaN, 1, 1, 1, 1, 1], [2, 2, 1, 1, 1, 1, 1, 1, 1, 1]]);
  await assert.rejects(
    runStage(attack.confidence, { data, masks, logits: diverged }),
    /Cannot use the logits of model 0: that of example 104 is NaN; the training diverged/,
  );
});

Deno.test("attacks take a zoo in its types only, and their parameters have defaults", () => {
  type Zoo = Parameters<typeof attack.confidence>[0];
  expectTypeOf<Zoo>().toEqualTypeOf<{
    readonly masks: Node<typeof Masks, "many">;
    readonly logits: Node<typeof Predictions, "many">;
    readonly data: Node<typeof Dataset, "one">;
  }>();
  expectTypeOf<ReturnType<typeof attack.confidence>>().toEqualTypeOf<Node<typeof AttackScores, "one">>();
  const zoo = {} as Zoo;
  // @ts-expect-error masks where logits belong
  assert.throws(() => attack.confidence({ ...zoo, logits: zoo.masks }), /Missing input "masks"/);
  // @ts-expect-error a parameter that does not exist
  assert.throws(() => attack.correctness(zoo, { shadows: 2 }), /Missing input "masks"/);
  const defaults = { nonMembers: "held-out", threshold: "class", shadows: 1, by: "" };
  assert.deepEqual(attack.augmentation.params.parse({}), defaults);
});
