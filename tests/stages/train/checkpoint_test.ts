/** @file Interrupted training goes on from its last checkpoint to the same model, bit for bit. */
import assert from "node:assert/strict";
import type { Checkpoint, Saved } from "../../../dsl/mod.ts";
import { halves, maskOf, trainOne } from "./_toy.ts";

const data = halves(40);
const odd = maskOf(data, (row) => row % 4 > 1);

/** A checkpoint in memory that saves after every call, and interrupts the run after so many saves. */
function memory(interruptAfter: number) {
  let [saved, saves, loads]: [Saved | undefined, number, number] = [undefined, 0, 0];
  const controller = new AbortController();
  const checkpoint: Checkpoint = {
    load<S>() {
      if (saved) loads++;
      return Promise.resolve(structuredClone(saved) as Saved<S> | undefined);
    },
    due: () => true,
    save(given) {
      saved = structuredClone(given);
      if (++saves === interruptAfter) controller.abort(new Error("interrupted"));
      return Promise.resolve();
    },
  };
  return { checkpoint, signal: controller.signal, loads: () => loads };
}

const runs: Record<string, Record<string, unknown>> = {
  "sgd with crops": { augment: { crop: 1, flip: true } },
  "swa through batch normalization": {
    model: { kind: "wideResNet", depth: 10, width: 1, dropout: 0.2 },
    optimizer: { kind: "swa", lr: 0.1, swaLr: 0.05, start: 0.25 },
  },
  "lookSam with an average over steps": {
    optimizer: { kind: "lookSam", lr: 0.1, rho: 0.05 },
    average: { kind: "ema", decay: 0.9 },
  },
  "dpSgd": {
    optimizer: { kind: "dpSgd", lr: 0.1, clip: 1, noiseMultiplier: 0.5 },
    sampling: "poisson",
    normalize: "unit",
  },
};

for (const [name, given] of Object.entries(runs)) {
  Deno.test(`train() by ${name} that is interrupted ends where one that is not does`, async () => {
    const params = { ...given, epochs: 4 };
    const whole = await trainOne(data, odd, params);
    for (const interruptAfter of [1, 2, 3]) {
      const { checkpoint, signal, loads } = memory(interruptAfter);
      await assert.rejects(trainOne(data, odd, params, { checkpoint, signal }), /interrupted/);
      assert.deepEqual(await trainOne(data, odd, params, { checkpoint }), whole);
      assert.equal(loads(), 1);
    }
  });
}

Deno.test("train() says from which epoch and step it goes on, and nothing when it starts", async () => {
  const told: string[] = [];
  const log = (message: string) => void told.push(message);
  const steps = async (interruptAfter: number, epochs: number) => {
    const { checkpoint, signal } = memory(interruptAfter);
    await assert.rejects(trainOne(data, odd, { epochs, batch: 2048 }, { checkpoint, signal, log }), /interrupted/);
    assert.deepEqual(told.splice(0), []);
    await trainOne(data, odd, { epochs, batch: 2048 }, { checkpoint, log });
    return told.splice(0);
  };
  assert.deepEqual(await steps(2, 4), ["Goes on from epoch 3 of 4"]);
  assert.deepEqual(await steps(1, 4), ["Goes on from epoch 2 of 4"]);
  // LookSAM's rhythm cuts an epoch into calls.
  const { checkpoint, signal } = memory(1);
  const params = { epochs: 2, batch: 5, optimizer: { kind: "lookSam", lr: 0.1, rho: 0.05 } };
  await assert.rejects(trainOne(data, odd, params, { checkpoint, signal, log }), /interrupted/);
  await trainOne(data, odd, params, { checkpoint, log });
  assert.deepEqual(told, ["Goes on from epoch 1 of 2, step 2"]);
});
