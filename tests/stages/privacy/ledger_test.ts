/** @file The ledger: what is one release, what composes, and what it comes to. */
import assert from "node:assert/strict";
import type { Value } from "../../../dsl/mod.ts";
import type { Ledger, Metrics, Models, Scores } from "../../../stages/artifacts/mod.ts";
import {
  account,
  ACCOUNTANTS,
  type AnyEntry,
  entryOf,
  epsilonAt,
  epsilonOfLosses,
  histogram,
  laplace,
  merge,
  personalEpsilons,
  readLedger,
  seededNoise,
  spentOn,
  trainingLedger,
  writeLedger,
} from "../../../stages/privacy/mod.ts";
import { secureNoise } from "../../../stages/privacy/noise/secure.ts";
import { writeLedger as writeTraining } from "../../../stages/train/ledger.ts";
import { items, metricOf, runStage } from "../_support.ts";

const counts = histogram([10, 20], "l1", "add-remove");

function released(seed: number, epsilon = 1, part = "") {
  return entryOf(laplace(counts, { epsilon }, seededNoise(seed, "counts")), { data: "clinic", part });
}

Deno.test("reading a release again is free, and releasing it again with another seed composes", () => {
  const [first, again, other] = [released(1), released(1), released(2)];
  assert.equal(epsilonAt(spentOn(merge([first], [again]), "clinic"), 0, "basic"), 1);
  assert.equal(epsilonAt(spentOn(merge([first], [other, again]), "clinic"), 0, "basic"), 2);
  // Secure noise can never be had again.
  const secure = () => entryOf(laplace(counts, { epsilon: 1 }, secureNoise()), { data: "clinic" });
  assert.equal(epsilonAt(spentOn(merge([secure(), secure()]), "clinic"), 0, "basic"), 2);
  assert.deepEqual([first.noise.source, secure().noise.source], ["seeded", "secure"]);
});

Deno.test("merge() refuses two releases with the same noise, whose difference would be without any", () => {
  assert.throws(() => merge([released(1)], [released(1, 0.5)]), {
    name: "SharedNoiseError",
    message: /^Cannot enter "laplace" of "clinic": it has the same noise as "laplace" of "clinic"/,
  });
  // One source goes on where the last release ended.
  const noise = seededNoise(1);
  const of = { data: "clinic" };
  const one = () => entryOf(laplace(counts, { epsilon: 1 }, noise), of);
  assert.equal(merge([one(), one()]).length, 2);
});

Deno.test("spentOn() composes parts in parallel, and the rest with each of them", () => {
  const entries = [released(1, 0.5), released(2, 1, "ill"), released(3, 2, "well"), released(4, 1, "ill")];
  assert.equal(epsilonAt(spentOn(entries, "clinic"), 0, "basic"), 2.5);
  assert.throws(() => spentOn(entries, "school"), /^RangeError: Nothing was released of "school"/);
  assert.throws(
    () => entryOf(laplace(counts, { epsilon: 1 }, seededNoise(1)), { data: "" }),
    /^TypeError: A ledger entry/,
  );
  const swapped = entryOf(laplace(histogram([1], "l1", "replace-one"), { epsilon: 1 }, seededNoise(9)), {
    data: "clinic",
  });
  const mixed: AnyEntry[] = [released(1), swapped];
  assert.throws(() => spentOn(mixed as never, "clinic"), { name: "RelationError" });
});

Deno.test("readLedger() reads what writeLedger() wrote, and refuses what it would not write", () => {
  const entries = [released(1), released(2, 1, "ill")];
  const table = writeLedger(entries);
  assert.deepEqual(readLedger(table), entries);
  assert.throws(
    () => readLedger({ ...table, relation: ["add-remove", "removed"] }),
    /^TypeError: Unknown neighbouring/,
  );
  const free = JSON.stringify([{ kind: "pure", epsilon: 0 }]);
  assert.throws(() => readLedger({ ...table, costs: [free, free] }), /^RangeError: "epsilon" is a positive number/);
});

function model(parameter: number, steps: number, seed?: number): Value<typeof Models> {
  const ledger = writeTraining([{
    mechanism: "poisson-subsampled gaussian",
    relation: "add or remove one example",
    samplingRate: 0.05,
    noiseMultiplier: 1.2,
    clip: 1,
    steps,
    covers: "parameters",
    randomness: "seeded",
    ...(seed === undefined ? {} : { seed, branch: "mask-1" }),
  }]);
  return {
    architecture: ["{}"],
    layout: ["[]"],
    parameters: { data: Float32Array.of(parameter), shape: [1, 1] },
    loss: { data: Float64Array.of(0), shape: [1, 1] },
    accuracy: { data: Float64Array.of(0), shape: [1, 1] },
    learningRate: { data: Float64Array.of(0), shape: [1, 1] },
    members: Uint32Array.of(10),
    gradients: Uint32Array.of(steps),
    ledger: [ledger],
  };
}

Deno.test("account() reports trained models by every accountant that can say, and counts a model once", async () => {
  const models = items([model(1, 100), model(2, 100), model(1, 100)]);
  const ledger = await runStage<Value<typeof Ledger>>(trainingLedger, { models }, { data: "toy" });
  assert.equal(ledger.release.length, 2);
  const metrics = await runStage<Value<typeof Metrics>>(account, { ledger }, { delta: 1e-5 });
  const cost = { kind: "gaussian", noiseMultiplier: 1.2, samplingRate: 0.05, steps: 200 } as const;
  const tight = metricOf(metrics, "epsilon at delta=0.00001", -1, "pld");
  assert.equal(tight.value, epsilonOfLosses([cost], 1e-5));
  assert.equal(tight.n, 2);
  assert.deepEqual(metrics.slice, ["rdp", "pld"]);
  assert.ok(metrics.measure.every((measure) => measure === "privacy of toy, add-remove"));
});

Deno.test("trainingLedger() composes trainings of other seeds, and says which streams their noise came from", async () => {
  const models = items([model(1, 100, 1), model(2, 100, 2), model(1, 100, 1)]);
  const ledger = await runStage<Value<typeof Ledger>>(trainingLedger, { models }, { data: "toy" });
  const names = readLedger(ledger).map(({ noise }) => noise.source === "seeded" ? JSON.parse(noise.name) : []);
  assert.deepEqual(names.map((name) => name.slice(0, 3)), [["training", 1, "mask-1"], ["training", 2, "mask-1"]]);
});

Deno.test("personalEpsilons() charges a person for the models that they are members of, and no others", async () => {
  const models = items([model(1, 100), model(2, 100), model(3, 300)]);
  const example = Uint32Array.of(7, 8, 9, 10);
  const masks = items([[1, 1, 0, 0], [1, 0, 1, 0], [0, 1, 1, 0]].map((bits) => ({
    example,
    member: Uint8Array.from(bits),
  })));
  const params = { delta: 1e-5, accountant: "rdp" };
  const { value, example: ids, score } = await runStage<Value<typeof Scores>>(
    personalEpsilons,
    { models, masks },
    params,
  );
  const expected = [200, 400, 400].map((steps) => {
    return ACCOUNTANTS.rdp([{ kind: "gaussian", noiseMultiplier: 1.2, samplingRate: 0.05, steps }], 1e-5)!;
  });
  [...expected, 0].forEach((epsilon, row) => assert.ok(Math.abs(value[row]! - epsilon) < 1e-9, `${row}`));
  assert.deepEqual([ids, score[0]], [example, "epsilon at delta=0.00001"]);
  const fewer = items([await masks.at(0)]);
  await assert.rejects(
    runStage(personalEpsilons, { models, masks: fewer }, params),
    /^RangeError: Cannot pair 3 models with 1 masks/,
  );
});

Deno.test("trainingLedger() refuses models that were trained without privacy", async () => {
  const models = items([{ ...model(1, 5), ledger: [""] }]);
  await assert.rejects(
    runStage(trainingLedger, { models }, { data: "toy" }),
    /^RangeError: Cannot account for model 0: it was trained without differential privacy/,
  );
});
