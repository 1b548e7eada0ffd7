/** @file Scales a channel before convolutions are taken into filters. */

import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { blockSize } from "../../../engine/blocks.ts";
import type { Graph } from "../../../engine/graph.ts";
import { optimize } from "../../../engine/passes/mod.ts";
import { foldScales } from "../../../engine/passes/scales.ts";
import { floats } from "../support.ts";
import { through } from "./support.ts";

const SIZE = await blockSize();
const PASSES = [(graph: Graph) => optimize(graph, SIZE)];

/** How many products of images a graph has: with all of `shape`'s numbers. */
function products(graph: Graph, numbers: number): number {
  const images = graph.nodes.filter(({ op, outputs, inputs }) => {
    const size = outputs[0]!.shape.reduce((total, extent) => total * extent, 1);
    return size === numbers && (op === "Mul" || (op === "Conv" && inputs[1]!.shape[1] === 1));
  });
  return images.length;
}

/** The gradients by image and filter of a convolution whose result is scaled for the next. */
function gradients(stride: number) {
  return ({ x, w, scale, v }: Record<string, tf.Tensor>) => {
    const conv = (x: tf.Tensor, w: tf.Tensor, stride: number) =>
      tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, "same");
    const loss = (x: tf.Tensor, w: tf.Tensor) =>
      tf.mean(tf.square(conv(tf.mul(conv(x, w, stride), scale!), v!, 1))) as tf.Scalar;
    const [dx, dw] = tf.grads(loss)([x!, w!]);
    return { dx: dx!, dw: dw! };
  };
}

Deno.test("foldScales() scales filters and their gradients instead of images, whatever the stride", async () => {
  for (const stride of [1, 2]) {
    const inputs = {
      x: floats("x", [16, 16, 16, 16], -1, 1),
      w: floats("w", [3, 3, 16, 16], -0.2, 0.2),
      scale: floats("scale", [16], 0.5, 2),
      v: floats("v", [3, 3, 16, 32], -0.2, 0.2),
    };
    const { after } = await through(PASSES, gradients(stride), inputs);
    if (SIZE !== undefined) assert.equal(products(after, 16 * (16 / stride) ** 2 * 16), 0);
  }
});

Deno.test("foldScales() leaves scales of images that are smaller than filters, and those that others read", async () => {
  const inputs = {
    x: floats("x", [16, 2, 2, 32], -1, 1),
    w: floats("w", [3, 3, 32, 16], -0.2, 0.2),
    scale: floats("scale", [16], 0.5, 2),
    v: floats("v", [3, 3, 16, 32], -0.2, 0.2),
  };
  assert.ok(products((await through(PASSES, gradients(1), inputs)).after, 16 * 2 * 2 * 16) > 0);
  const image = { x: floats("x", [4, 8, 8, 16]), w: floats("w", [3, 3, 16, 16]), scale: floats("scale", [16]) };
  const { after } = await through([optimize, foldScales], ({ x, w, scale }) => {
    const scaled = tf.mul(x!, scale!);
    return { scaled, y: tf.conv2d(scaled as tf.Tensor4D, w as tf.Tensor4D, 1, "same") };
  }, image);
  assert.equal(products(after, 4 * 8 * 8 * 16), 1);
});
