/** @file Twenty training steps of every optimizer against PyTorch (fixtures and their script: tests/fixtures/torch). */
import assert from "node:assert/strict";
import { fit } from "../../../stages/train/fit.ts";
import { augmentSpec, learningRates, modelSpec, optimizerSpec, scheduleSpec } from "../../../stages/train/mod.ts";
import cnn from "../../fixtures/torch/cnn.json" with { type: "json" };
import mlp from "../../fixtures/torch/mlp.json" with { type: "json" };

/** Differences that single precision explains: sums in another order over twenty steps. */
const TOLERANCE = 1e-4;

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function floats(tensors: Record<string, string>): Record<string, Float32Array<ArrayBuffer>> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, text]) => [name, new Float32Array(bytes(text).buffer)]),
  );
}

function largestDifference(ours: ArrayLike<number>, theirs: ArrayLike<number>): number {
  assert.equal(ours.length, theirs.length);
  return Array.from(ours, (value, i) => Math.abs(value - theirs[i]!)).reduce((most, d) => Math.max(most, d), 0);
}

for (const fixture of [mlp, cnn]) {
  for (const { optimizer: given, labelSmoothing, batches, losses, final } of fixture.cases) {
    const { kind, ...rest } = given;
    Deno.test(`train follows PyTorch for 20 steps of a ${fixture.model.kind} with ${kind} ${JSON.stringify(rest)}`, async () => {
      const optimizer = optimizerSpec.parse(given);
      const { batch } = fixture;
      const epochs = batches.length;
      const fitted = await fit({
        setup: {
          model: modelSpec.parse(fixture.model),
          optimizer,
          input: fixture.input,
          classes: fixture.classes,
          images: fixture.labels.length,
          batch,
          augment: augmentSpec.parse({}),
          labelSmoothing,
        },
        pixels: bytes(fixture.pixels),
        normalization: fixture.normalization,
        parameters: floats(fixture.initial),
        epochs,
        feed(epoch) {
          const members = batches[epoch]!;
          const rows = Int32Array.from({ length: batch }, (_, i) => members[i] ?? 0);
          return {
            steps: 1,
            rows,
            labels: Int32Array.from(rows, (row) => fixture.labels[row]!),
            weights: Float32Array.from({ length: batch }, (_, i) => i < members.length ? 1 : 0),
            rates: learningRates(optimizer, scheduleSpec.parse({ kind: "constant" }), {
              epoch,
              epochs,
              stepsPerEpoch: 1,
            }),
          };
        },
        signal: new AbortController().signal,
      });
      assert.ok(losses.at(-1)! < 0.9 * losses[0]!, "the fixture itself learns");
      assert.ok(
        largestDifference(fitted.loss, losses) < TOLERANCE,
        `losses: ${largestDifference(fitted.loss, losses)}`,
      );
      for (const [name, expected] of Object.entries(floats(final as Record<string, string>))) {
        const difference = largestDifference(fitted.parameters[name]!, expected);
        assert.ok(difference < TOLERANCE, `${name}: ${difference}`);
      }
    });
  }
}
