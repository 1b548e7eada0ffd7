/** @file The stage `predict`: logits by example, view and class. */
import assert from "node:assert/strict";
import { parseParams, type Value } from "../../../dsl/mod.ts";
import type { Models, Predictions } from "../../../stages/artifacts/mod.ts";
import { predict, viewsSpec } from "../../../stages/train/mod.ts";
import { runStage } from "../_support.ts";
import { halves, maskOf, trainOne } from "../train/_toy.ts";

const data = halves(40);
const mask = maskOf(data, (row) => row % 2 === 0 || row < 20);

function predictOne(models: Value<typeof Models>, views?: unknown, on = data): Promise<Value<typeof Predictions>> {
  return runStage(predict, { models, data: on }, views === undefined ? {} : { views });
}

/** Softmax regression by hand, from the stored model. */
function byHand(model: Value<typeof Models>, row: number): number[] {
  const { scale, shift } = JSON.parse(model.architecture[0]!).normalization;
  const weights = model.parameters.data;
  return [0, 1].map((k) => {
    let sum = weights[64 + k]!;
    for (let i = 0; i < 32; i++) {
      sum += (data.x.data[row * 32 + i]! * scale[i % 2] + shift[i % 2]) * weights[2 * i + k]!;
    }
    return sum;
  });
}

Deno.test("predict() gives the logits of every example, train and test, in the data set's order", async () => {
  const model = await trainOne(data, mask, { model: { kind: "logistic" } });
  const { example, logits } = await predictOne(model);
  assert.deepEqual(example, data.id);
  assert.deepEqual(logits.shape, [60, 1, 2]);
  for (const row of [0, 1, 17, 59]) {
    const expected = byHand(model, row);
    expected.forEach((value, k) => assert.ok(Math.abs(logits.data[2 * row + k]! - value) < 1e-4));
  }
});

Deno.test("predict() generalizes with a cnn that has learned", async () => {
  const model = await trainOne(data, mask, { model: { kind: "cnn", channels: [4] }, epochs: 20 });
  const { logits } = await predictOne(model);
  const right = data.y.filter((y, row) => (logits.data[2 * row + 1]! > logits.data[2 * row]! ? 1 : 0) === y);
  assert.equal(right.length, 60);
});

Deno.test("predict() with views predicts moved copies as if they were images", async () => {
  const model = await trainOne(data, mask);
  const { logits } = await predictOne(model, { kind: "shifts", distance: 2, fill: "zero" });
  assert.deepEqual(logits.shape, [60, 9, 2]);
  // Moves every image down by 2 by hand: the last of the 9 views.
  const moved = new Uint8Array(data.x.data.length);
  for (let row = 0; row < 60; row++) {
    moved.set(data.x.data.subarray(row * 32, row * 32 + 16), row * 32 + 16);
  }
  const expected = await predictOne(model, "identity", { ...data, x: { ...data.x, data: moved } });
  const plain = await predictOne(model);
  for (let row = 0; row < 60; row++) {
    for (let k = 0; k < 2; k++) {
      assert.equal(logits.data[(row * 9 + 8) * 2 + k], expected.logits.data[row * 2 + k]);
      assert.equal(logits.data[row * 18 + k], plain.logits.data[row * 2 + k]);
    }
  }
});

Deno.test('predict() with "mirror" has the mirror image second', async () => {
  const model = await trainOne(data, mask);
  const { logits } = await predictOne(model, "mirror");
  assert.deepEqual(logits.shape, [60, 2, 2]);
  const mirrored = data.x.data.map((_, i) => {
    const [line, x, c] = [Math.floor(i / 8), Math.floor(i / 2) % 4, i % 2];
    return data.x.data[line * 8 + (3 - x) * 2 + c]!;
  });
  const expected = await predictOne(model, "identity", { ...data, x: { ...data.x, data: mirrored } });
  for (let row = 0; row < 60; row++) assert.equal(logits.data[row * 4 + 2], expected.logits.data[row * 2]);
});

Deno.test("predict() gives an example the same logits whatever else is predicted", async () => {
  const model = await trainOne(data, mask, { model: { kind: "cnn", channels: [4] } });
  const large = halves(400);
  const { logits } = await predictOne(model, "identity", large);
  const one = {
    id: large.id.slice(333, 334),
    x: { data: large.x.data.slice(333 * 32, 334 * 32), shape: [1, 4, 4, 2] },
    y: large.y.slice(333, 334),
    split: ["test"],
    group: [""],
  };
  const alone = await predictOne(model, "identity", one);
  assert.deepEqual([...alone.logits.data], [...logits.data.slice(666, 668)]);
});

Deno.test("predict() refuses images of another size, and a layout that is not the model's", async () => {
  const model = await trainOne(data, mask);
  const wide = { ...data, x: { data: data.x.data, shape: [60, 2, 8, 2] } };
  await assert.rejects(predictOne(model, "identity", wide), /images of 2x8x2 with a model of 4x4x2/);
  await assert.rejects(predictOne({ ...model, layout: ["[]"] }), /Cannot rebuild the mlp model/);
});

Deno.test("viewsSpec takes a kind's name for it, and names the kinds when it does not know one", () => {
  assert.deepEqual(viewsSpec.parse("mirror"), { kind: "mirror" });
  assert.deepEqual(viewsSpec.parse("shifts"), viewsSpec.parse({ kind: "shifts", distance: 1 }));
  assert.throws(
    () => parseParams(predict.params, { views: "shift" }, 'stage "predict"'),
    /"views".*"identity"\|"mirror"\|"rotations"\|"shifts".*found "shift"/,
  );
});
