/** @file Gradients by filters over blocks of channels: the same as by products, for all geometries. */

import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { blockSize } from "../../../engine/blocks.ts";
import { optimize } from "../../../engine/passes/mod.ts";
import { floats } from "../support.ts";
import { ops, through } from "./support.ts";

const SIZE = await blockSize();

Deno.test("optimize() computes gradients by filters over blocks as products do, whatever the geometry", async () => {
  const geometry = fc.record({
    images: fc.constantFrom(16, 32),
    channels: fc.constantFrom(1, 3, 16, 24, 32),
    filters: fc.constantFrom(16, 32, 80),
    height: fc.integer({ min: 4, max: 9 }),
    width: fc.integer({ min: 4, max: 9 }),
    kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    stride: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    pad: fc.constantFrom("same" as const, "valid" as const),
    before: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(geometry, async ({ images, channels, filters, height, width, kernel, stride, pad, before }) => {
      const inputs = {
        x: floats("x", [images, height, width, channels], -1, 1),
        v: floats("v", [1, 1, channels, channels], -1, 1),
        w: floats("w", [...kernel, channels, filters], -0.2, 0.2),
      };
      await through([(graph) => optimize(graph, SIZE)], ({ x, v, w }) => {
        // With a convolution before it, the input comes in blocks.
        const image = (before ? tf.conv2d(x as tf.Tensor4D, v as tf.Tensor4D, 1, "same") : x) as tf.Tensor4D;
        const loss = (w: tf.Tensor) => tf.mean(tf.square(tf.conv2d(image, w as tf.Tensor4D, stride, pad)));
        return { dw: tf.grad(loss)(w!) };
      }, inputs);
    }),
    { numRuns: 60, seed: 7 },
  );
});

Deno.test(
  "optimize() makes no copy a tap for a gradient by a filter over blocks",
  { ignore: SIZE === undefined },
  async () => {
    const inputs = { x: floats("x", [32, 8, 8, 32]), w: floats("w", [3, 3, 32, 64]) };
    const { after } = await through([(graph) => optimize(graph, SIZE)], ({ x, w }) => {
      const loss = (w: tf.Tensor) => tf.mean(tf.square(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same")));
      return { dw: tf.grad(loss)(w!) };
    }, inputs);
    assert.deepEqual(ops(after).filter((op) => ["Slice", "Concat", "MatMul", "Gemm"].includes(op)), []);
    // The convolution, its gradient, and one of a tap that pads.
    assert.equal(ops(after).filter((op) => op === "Conv").length, 3);
    assert.deepEqual(ops(after).filter((op) => op === "Pad" || op === "ReorderOutput"), []);
  },
);
