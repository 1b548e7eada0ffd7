/** @file DP-SGD and DP-SAT as the stage runs them: what they equal without noise, what noise they add, what they refuse. */
import assert from "node:assert/strict";
import { halves, maskOf, trainOne } from "../_toy.ts";

const data = halves(40);
const all = maskOf(data, () => true);
const PRIVATE = { sampling: "poisson", normalize: "unit" };
const LARGE = 1e6;

function dpSgd(params: Record<string, unknown> = {}) {
  return { kind: "dpSgd", lr: 0.1, clip: LARGE, noiseMultiplier: 0, ...params };
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.equal(a.length, b.length);
  return Array.from(a, (value, i) => Math.abs(value - b[i]!)).reduce((most, d) => Math.max(most, d), 0);
}

const GROUP = { kind: "group", groups: 2 };
const MODELS = [
  { kind: "mlp", hidden: [8] },
  { kind: "cnn", channels: [4], dense: [6] },
  { kind: "wideResNet", depth: 10, width: 1, norm: GROUP },
  { kind: "resNet18", width: 4, norm: GROUP },
];

for (const model of MODELS) {
  Deno.test(`dpSgd without noise or clipping on full samples is sgd: ${model.kind}`, async () => {
    const params = { model, normalize: "unit", batch: 40, epochs: 6 };
    const sgd = await trainOne(data, all, { ...params, optimizer: { kind: "sgd", lr: 0.1 } });
    for (const microbatch of [7, 40, 64]) {
      const ours = await trainOne(data, all, { ...params, ...PRIVATE, microbatch, optimizer: dpSgd() });
      assert.ok(distance(ours.parameters.data, sgd.parameters.data) < 1e-5, `microbatch ${microbatch}`);
      assert.ok(distance(ours.loss.data, sgd.loss.data) < 1e-5);
      assert.deepEqual(ours.gradients, sgd.gradients);
    }
  });
}

Deno.test("dpSgd on Poisson samples gives the same model for any microbatch, noise included", async () => {
  const params = { ...PRIVATE, batch: 10, epochs: 3, optimizer: dpSgd({ clip: 0.5, noiseMultiplier: 0.3 }) };
  const [one, ...others] = await Promise.all(
    [4, 9, 40].map((microbatch) => trainOne(data, all, { ...params, microbatch })),
  );
  for (const other of others) {
    assert.ok(distance(one!.parameters.data, other.parameters.data) < 1e-5);
    assert.deepEqual(one!.learningRate, other.learningRate);
    assert.deepEqual(one!.gradients, other.gradients);
  }
});

Deno.test("dpSgd with base adamw and an average over steps gives the same model for any microbatch", async () => {
  const optimizer = dpSgd({ lr: 0.01, clip: 0.5, noiseMultiplier: 0.3, base: { kind: "adamw" }, weightDecay: 0.1 });
  const params = { ...PRIVATE, batch: 10, epochs: 3, optimizer, average: { kind: "ema", decay: 0.8 } };
  const [few, many] = await Promise.all([3, 40].map((microbatch) => trainOne(data, all, { ...params, microbatch })));
  // Adam divides by gradients that may be almost 0: rounding shows more.
  assert.ok(distance(few!.parameters.data, many!.parameters.data) < 1e-3);
});

Deno.test("dpSgd adds noise of deviation lr noiseMultiplier clip / batch at each parameter", async () => {
  // The clip lets almost nothing of the gradient through, so that one step is noise alone.
  const [lr, clip, noiseMultiplier, batch] = [2, 1e-3, 100, 10];
  const run = (noise: number, branch: string) =>
    trainOne(data, all, {
      ...PRIVATE,
      batch: 40,
      epochs: 1,
      model: { kind: "mlp", hidden: [150] },
      optimizer: { kind: "dpSgd", lr, momentum: 0, clip, noiseMultiplier: noise },
    }, { branch });
  const noises = await Promise.all(["a", "b"].map(async (branch) => {
    const [noisy, quiet] = [await run(noiseMultiplier, branch), await run(0, branch)];
    return noisy.parameters.data.map((value, i) => value - quiet.parameters.data[i]!);
  }));
  const expected = lr * noiseMultiplier * clip / 40;
  for (const noise of noises) {
    const n = noise.length;
    assert.ok(n > 4000 && batch === 10);
    const variance = noise.reduce((sum, z) => sum + z * z, 0) / n;
    const mean = noise.reduce((sum, z) => sum + z, 0) / n;
    // Five standard deviations: of a mean of squares sqrt(2 / n), of a mean 1 / sqrt(n).
    assert.ok(Math.abs(variance / expected ** 2 - 1) < 5 * Math.sqrt(2 / n), `variance ${variance / expected ** 2}`);
    assert.ok(Math.abs(mean / expected) < 5 / Math.sqrt(n), `mean ${mean / expected}`);
  }
  const product = noises[0]!.reduce((sum, z, i) => sum + z * noises[1]![i]!, 0) / noises[0]!.length / expected ** 2;
  assert.ok(Math.abs(product) < 5 / Math.sqrt(noises[0]!.length), `branches are independent: ${product}`);
});

Deno.test("dpSgd moves by at most lr clip / batch for each example in a step", async () => {
  const [lr, clip] = [1, 1e-3];
  const params = { ...PRIVATE, batch: 40, epochs: 1, optimizer: dpSgd({ lr, clip, momentum: 0 }) };
  const before = await trainOne(data, all, { ...params, optimizer: dpSgd({ lr: 1e-30, clip, momentum: 0 }) });
  const after = await trainOne(data, all, params);
  const moved = Math.hypot(...after.parameters.data.map((w, i) => w - before.parameters.data[i]!));
  assert.ok(moved > 0 && moved <= lr * clip * 1.0001, `${moved}`);
});

Deno.test("dpSat is dpSgd in its first step, and another in its second", async () => {
  const sat = { ...dpSgd({ clip: 0.5 }), kind: "dpSat", rho: 0.5 };
  for (const epochs of [1, 2]) {
    const params = { ...PRIVATE, batch: 40, epochs };
    const ours = await trainOne(data, all, { ...params, optimizer: sat });
    const theirs = await trainOne(data, all, { ...params, optimizer: dpSgd({ clip: 0.5 }) });
    assert.equal(distance(ours.parameters.data, theirs.parameters.data) > 1e-4, epochs === 2);
    assert.deepEqual(ours.gradients, theirs.gradients);
  }
});

Deno.test("dpSgd learns a separable set with moderate noise", async () => {
  const optimizer = dpSgd({ clip: 1, noiseMultiplier: 0.5, lr: 0.5 });
  const { accuracy } = await trainOne(data, all, { ...PRIVATE, batch: 20, epochs: 30, optimizer });
  assert.ok(accuracy.data.at(-1)! > 0.9, `${accuracy.data.at(-1)}`);
});

Deno.test("a private model's ledger says what was applied how often; others' are empty", async () => {
  const optimizer = dpSgd({ clip: 0.5, noiseMultiplier: 1.5 });
  const { ledger } = await trainOne(data, all, { ...PRIVATE, batch: 8, epochs: 3, optimizer });
  assert.deepEqual(JSON.parse(ledger[0]!).entries, [{
    mechanism: "poisson-subsampled gaussian",
    relation: "add or remove one example",
    samplingRate: 0.2,
    noiseMultiplier: 1.5,
    clip: 0.5,
    steps: 15,
    covers: "parameters",
    randomness: "seeded",
    seed: 0,
    branch: "mask-1",
  }]);
  assert.deepEqual((await trainOne(data, all)).ledger, [""]);
});

Deno.test("train() refuses to train privately what the ledger would not be true of, with the remedy", async () => {
  const optimizer = dpSgd();
  await assert.rejects(trainOne(data, all, { ...PRIVATE, optimizer, normalize: "members" }), /"normalize" to "unit"/);
  await assert.rejects(trainOne(data, all, { ...PRIVATE, optimizer, sampling: "shuffle" }), /"sampling" to "poisson"/);
  const model = { kind: "resNet18", width: 4 };
  await assert.rejects(trainOne(data, all, { ...PRIVATE, optimizer, model }), /batch normalization.*kind: "group"/);
});
