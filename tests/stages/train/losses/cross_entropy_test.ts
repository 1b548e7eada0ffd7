/** @file The cross-entropy's closed gradient is the one that the chain rule gives. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { compile, stream } from "../../../../engine/mod.ts";
import { crossEntropy } from "../../../../stages/train/losses/cross_entropy.ts";

const [ROWS, CLASSES] = [6, 5];

for (const smoothing of [0, 0.2]) {
  Deno.test(`crossEntropy() and its gradient are those of its parts, smoothing ${smoothing}`, async () => {
    const program = compile(({ logits, labels, weights }) => {
      const hard = tf.oneHot(labels as tf.Tensor1D, CLASSES, 1, 0, "float32");
      const targets = tf.add(tf.mul(hard, 1 - smoothing), smoothing / CLASSES);
      const whole = (x: tf.Tensor) => tf.sum(tf.mul(crossEntropy(tf, x, labels, smoothing), weights));
      const parts = (x: tf.Tensor) => tf.sum(tf.mul(tf.neg(tf.sum(tf.mul(targets, tf.logSoftmax(x)), 1)), weights));
      const [own, expected] = [tf.valueAndGrad(whole)(logits), tf.valueAndGrad(parts)(logits)];
      return { loss: own.value, dx: own.grad, expectedLoss: expected.value, expectedDx: expected.grad };
    }, {
      logits: { dtype: "float32", shape: [ROWS, CLASSES] },
      labels: { dtype: "int32", shape: [ROWS] },
      weights: { dtype: "float32", shape: [ROWS] },
    });
    const { loss, dx, expectedLoss, expectedDx } = await program.run({
      logits: { dtype: "float32", shape: [ROWS, CLASSES], data: stream("logits").normal(ROWS * CLASSES) },
      labels: { dtype: "int32", shape: [ROWS], data: Int32Array.of(0, 1, 2, 3, 4, 4) },
      weights: { dtype: "float32", shape: [ROWS], data: Float32Array.of(1, 1, 2, 0.5, 1, 0) },
    });
    assert(Math.abs(loss.data[0]! - expectedLoss.data[0]!) < 1e-5);
    expectedDx.data.forEach((value, i) =>
      assert(Math.abs(value - dx.data[i]!) < 1e-6, `${i}: ${dx.data[i]}, ${value}`)
    );
    assert(dx.data.subarray(-CLASSES).every((value) => value === 0), "padding has no gradient");
    assert(dx.data.some((value) => value !== 0));
    await program.dispose();
  });
}
