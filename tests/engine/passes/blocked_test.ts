/** @file Arithmetic between convolutions stays on blocks of channels, and computes the same there. */

import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { blockSize } from "../../../engine/blocks.ts";
import { optimize } from "../../../engine/passes/mod.ts";
import { floats } from "../support.ts";
import { count, through } from "./support.ts";

const SIZE = await blockSize();

Deno.test("blockConvolutions() reorders once around a network with normalizations and a residual", {
  ignore: SIZE === undefined,
}, async () => {
  const inputs = {
    x: floats("x", [2, 8, 8, 32], -1, 1),
    w: floats("w", [3, 3, 32, 32], -0.2, 0.2),
    a: floats("a", [32], 0.5, 1),
    b: floats("b", [32], -1, 1),
  };
  const { after } = await through([(graph) => optimize(graph, SIZE)], ({ x, w, a, b }) => {
    const conv = (x: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same");
    const scaled = tf.add(tf.mul(conv(x!), a!), b!);
    const centred = tf.sub(scaled, tf.mul(tf.sum(scaled, [0, 1, 2]), 1 / 128));
    const h = tf.add(tf.mul(tf.relu(centred), 0.5), tf.sub(conv(tf.relu(tf.mul(centred, a!))), b!));
    return { y: conv(h) };
  }, inputs);
  // Into blocks once, and out of them into channels last, which is a reordering of the same name.
  assert.deepEqual([count(after, "ReorderInput"), count(after, "ReorderOutput")], [2, 0]);
  assert.equal(count(after, "GlobalAveragePool"), 1);
  // Three over neighbours, and four that scale, shift or centre a channel.
  assert.equal(count(after, "Conv"), 7);
});

Deno.test("blockConvolutions() lays tiny images side by side under large filters, and computes the same", {
  ignore: SIZE === undefined,
}, async () => {
  const inputs = { x: floats("x", [8, 3, 4, 512], -1, 1), w: floats("w", [3, 2, 512, 512], -0.02, 0.02) };
  const { after } = await through([(graph) => optimize(graph, SIZE)], ({ x, w }) => {
    const conv = (x: tf.Tensor) => tf.relu(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same"));
    return { y: conv(x!), dx: tf.grad((x) => tf.mean(conv(conv(x))))(x!) };
  }, inputs);
  const widths = after.nodes.filter(({ op }) => op === "Conv").map((node) => node.outputs[0]!.shape[3]);
  // Four convolutions, each of columns that another one of a tap has padded, on all threads.
  assert.deepEqual(widths, [40, 32, 40, 32, 40, 32, 40, 32]);
  assert.equal(count(after, "Pad"), 0);
});
