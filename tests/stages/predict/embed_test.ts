/** @file The stage `embed`: what the last layer is given, by example. */
import assert from "node:assert/strict";
import type { Value } from "../../../dsl/mod.ts";
import type { Embeddings, Predictions } from "../../../stages/artifacts/mod.ts";
import { embed, predict } from "../../../stages/train/mod.ts";
import { readModel } from "../../../stages/train/architecture.ts";
import { runStage } from "../_support.ts";
import { halves, maskOf, trainOne } from "../train/_toy.ts";

const data = halves(400);
const mask = maskOf(data, (row) => row % 2 === 0 || row < 20);

for (const model of [{ kind: "logistic" }, { kind: "mlp", hidden: [8] }, { kind: "cnn", channels: [4] }]) {
  Deno.test(`embed() of a ${model.kind} model gives what times the last weights is predict()'s logits`, async () => {
    const models = await trainOne(data, mask, { model });
    const { id, y, split, embedding } = await runStage<Value<typeof Embeddings>>(embed, { models, data });
    assert.deepEqual([id, y, split], [data.id, data.y, data.split]);
    const { logits } = await runStage<Value<typeof Predictions>>(predict, { models, data });
    const { parameters } = readModel(models);
    const [weights, bias] = [parameters["logits/weights"]!, Object.entries(parameters).at(-1)![1]];
    const features = embedding.shape[1]!;
    assert.equal(weights.length, 2 * features);
    for (const row of [0, 299, 300, 599]) {
      for (const k of [0, 1]) {
        let sum = bias[k]!;
        for (let i = 0; i < features; i++) sum += embedding.data[row * features + i]! * weights[2 * i + k]!;
        assert.ok(Math.abs(sum - logits.data[2 * row + k]!) < 1e-3 * Math.max(1, Math.abs(sum)));
      }
    }
  });
}

Deno.test("embed() refuses images of another shape", async () => {
  const models = await trainOne(data, mask, { model: { kind: "logistic" } });
  const other = { ...data, x: { ...data.x, shape: [600, 2, 8, 2] } };
  await assert.rejects(
    runStage(embed, { models, data: other }),
    /^TypeError: Cannot embed images of 2x8x2 with a model of 4x4x2; give "embed" a data set/,
  );
});
