/** @file The stages of private prototypes: what they put together, release, account for and measure. */
import assert from "node:assert/strict";
import type { Value } from "../../../../dsl/mod.ts";
import type { Embeddings, Heads, Ledger, Metrics } from "../../../../stages/artifacts/mod.ts";
import {
  account,
  classMeans,
  epsilonOfRho,
  headAccuracy,
  headLedger,
  prepare,
  readLedger,
  release,
} from "../../../../stages/privacy/mod.ts";
import { smallestOf } from "../../../../stages/privacy/prototypes/accuracy.ts";
import { context, items, metricOf, runStage } from "../../_support.ts";
import { embeddings } from "./_clusters.ts";

const own = embeddings(1, { train: [60, 50, 8, 40], test: [20, 20, 20, 20] });
const shown = embeddings(2, { train: [30, 30, 30, 30], test: [1, 1, 1, 1] });
const PARAMS = { method: { kind: "mean" }, budget: { rho: 1 }, classes: 4, data: "toy" };

async function prepared(params = {}): Promise<Value<typeof Embeddings>> {
  const inputs = { own: items([own]), candidates: items([shown]) };
  const made = await runStage<AsyncIterable<Value<typeof Embeddings>>>(prepare, inputs, params);
  for await (const item of made) return item;
  throw new Error("Nothing was prepared");
}

function released(params: Record<string, unknown> = {}, on?: Value<typeof Embeddings>, branch = "one") {
  return prepared().then((item) =>
    runStage<Value<typeof Heads>>(release, { embeddings: on ?? item }, { ...PARAMS, ...params }, { branch })
  );
}

Deno.test("prepare() puts public rows beside private ones, centred by the public mean and of length 1", async () => {
  const { split, embedding: { data, shape }, id } = await prepared();
  assert.deepEqual(shape, [own.id.length + 120, 4]);
  assert.equal(split.filter((name) => name === "public").length, 120);
  assert.equal(new Set(id).size, id.length);
  for (let row = 0; row < shape[0]!; row++) {
    assert.ok(Math.abs(Math.hypot(...data.subarray(4 * row, 4 * row + 4)) - 1) < 1e-5);
  }
  // Without scaling: the public rows' mean is 0, and a private row does not depend on others.
  const centred = await prepared({ unit: false });
  const publicRows = centred.embedding.data.subarray(4 * own.id.length);
  const mean = [0, 1, 2, 3].map((k) => publicRows.reduce((sum, x, i) => sum + (i % 4 === k ? x / 120 : 0), 0));
  assert.ok(mean.every((x) => Math.abs(x) < 1e-6));
});

Deno.test("prepare() refuses examples that are private and public", async () => {
  const inputs = { own: items([own]), candidates: items([{ ...shown, id: own.id.slice(0, shown.id.length) }]) };
  const made = prepare.definition.run(inputs as never, { centre: true, unit: true } as never, context());
  await assert.rejects(
    (made as AsyncGenerator).next(),
    /^RangeError: Example 1000 is private and public: split the data into disjoint parts/,
  );
});

Deno.test("release() looks at the train split alone, and is repeated by its seed", async () => {
  const item = await prepared();
  const test = item.embedding.data.slice();
  item.split.forEach((split, row) => split === "test" && test.fill(9, 4 * row, 4 * row + 4));
  const other = { ...item, embedding: { ...item.embedding, data: test } };
  for (const kind of ["mean", "coinPress", "public", "linearProbe", "leastSquares"]) {
    const method = { kind };
    const [first, again] = [await released({ method }), await released({ method }, other)];
    assert.deepEqual(first, again);
    const different = [
      await released({ method, seed: 1 }),
      await released({ method }, item, "two"),
      await released({ method, candidates: 50 }),
    ];
    for (const heads of different) assert.notDeepEqual(first.ledger, heads.ledger);
  }
});

Deno.test("headLedger() counts every draw as a release; the same heads twice are one, another seed's compose", async () => {
  const [heads, more] = [await released({ draws: 3 }), await released({ draws: 3, seed: 7 })];
  const total = async (...list: Value<typeof Heads>[]) => {
    const ledger = await runStage<Value<typeof Ledger>>(headLedger, { heads: items(list) });
    const metrics = await runStage<Value<typeof Metrics>>(account, { ledger }, { delta: 1e-5, accountants: ["zcdp"] });
    return { releases: readLedger(ledger).length, epsilon: metrics.value[0]! };
  };
  const once = await total(heads);
  // 3 draws of 4 classes, which compose in parallel.
  assert.equal(once.releases, 12);
  assert.ok(Math.abs(once.epsilon - epsilonOfRho(3, 1e-5)) < 1e-9);
  assert.deepEqual(await total(heads, heads), once);
  const both = await total(heads, more);
  assert.ok(Math.abs(both.epsilon - epsilonOfRho(6, 1e-5)) < 1e-9);
  assert.deepEqual(
    (await runStage<Value<typeof Ledger>>(headLedger, {
      heads: items([await runStage(classMeans, { embeddings: await prepared() }, { classes: 4 })]),
    })).release,
    [],
  );
});

Deno.test("headAccuracy() tells balanced, minority and class accuracies apart, means over draws", async () => {
  const item = await prepared();
  // One head that says 0 always, and one that is right about 0 and 2.
  const heads: Value<typeof Heads> = {
    draw: Uint32Array.of(0, 1, 1),
    label: Int32Array.of(0, 0, 2),
    rule: ["linear", "linear", "linear"],
    vector: { data: Float64Array.of(0, 0, 0, 0, 0, 0, 0, 0, -1, 0, 4, 0), shape: [3, 4] },
    bias: Float64Array.of(0, 0, 0),
    ledger: ["", "", ""],
  };
  const metrics = await runStage<Value<typeof Metrics>>(
    headAccuracy,
    { heads: items([heads]), embeddings: items([item]) },
    { measure: "rho=1" },
  );
  const zero = metricOf(metrics, "class test accuracy", 0, "class 0").value;
  const two = metricOf(metrics, "class test accuracy", 0, "class 2").value;
  assert.ok(zero > 0.9 && two > 0.4 && two <= 0.5);
  assert.equal(metricOf(metrics, "class test accuracy", 0, "class 1").value, 0);
  assert.ok(Math.abs(metricOf(metrics, "balanced test accuracy").value - (zero + two) / 4) < 1e-12);
  // Class 2 has the fewest private examples.
  assert.equal(metricOf(metrics, "minority test accuracy").value, two);
  assert.equal(metricOf(metrics, "test accuracy").n, 1);
  assert.deepEqual(smallestOf([0, 1, 2, 3, 4], Int32Array.of(0, 0, 1, 3, 3, 4)), [2, 1]);
});

for (
  const method of [
    { kind: "mean" },
    { kind: "coinPress" },
    { kind: "public" },
    { kind: "public", k: 3 },
    { kind: "linearProbe" },
    { kind: "leastSquares" },
  ]
) {
  Deno.test(`release() by ${JSON.stringify(method)} is right where there is little noise, and guesses where there is much`, async () => {
    const item = await prepared();
    const accuracyAt = async (rho: number) => {
      const heads = await released({ method, budget: { rho }, draws: 5 });
      const inputs = { heads: items([heads]), embeddings: items([item]) };
      const metrics = await runStage<Value<typeof Metrics>>(headAccuracy, inputs, { measure: "rho" });
      return metricOf(metrics, "test accuracy").value;
    };
    assert.ok(await accuracyAt(1e4) > 0.9, `${await accuracyAt(1e4)}`);
    assert.ok(await accuracyAt(1e-6) < 0.6, `${await accuracyAt(1e-6)}`);
  });
}
