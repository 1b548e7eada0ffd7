/** @file Gradients by the input of strided convolutions, a convolution for each phase of rows and columns. */

import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { blockSize } from "../../../engine/blocks.ts";
import { optimize } from "../../../engine/passes/mod.ts";
import { floats } from "../support.ts";
import { count, through } from "./support.ts";

const SIZE = await blockSize();

interface Geometry {
  readonly extents: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly strides: [number, number];
  readonly pad: "same" | "valid" | number;
  readonly channels?: number;
}

/** How many transposed convolutions are left of a gradient whose numbers are checked. */
async function left({ extents, kernel, strides, pad, channels = 32 }: Geometry): Promise<number> {
  const inputs = {
    x: floats("x", [2, ...extents, channels], -1, 1),
    w: floats("w", [...kernel, channels, 16], -0.2, 0.2),
  };
  const { after } = await through([(graph) => optimize(graph, SIZE)], ({ x, w }) => {
    const loss = (x: tf.Tensor) => tf.mean(tf.square(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad)));
    return { dx: tf.grad(loss)(x!) };
  }, inputs);
  return count(after, "ConvTranspose");
}

Deno.test("phased() computes gradients by the input of strided convolutions as convolutions of phases", {
  ignore: SIZE === undefined,
}, async () => {
  const cases: Geometry[] = [
    { extents: [8, 6], kernel: [3, 3], strides: [2, 2], pad: 1 },
    { extents: [8, 6], kernel: [1, 1], strides: [2, 2], pad: 0 },
    { extents: [4, 4], kernel: [3, 3], strides: [2, 2], pad: "same" },
    { extents: [8, 6], kernel: [3, 5], strides: [2, 1], pad: "same" },
    { extents: [4, 6], kernel: [5, 4], strides: [1, 2], pad: "same" },
    { extents: [9, 6], kernel: [3, 3], strides: [3, 3], pad: "valid" },
    { extents: [9, 6], kernel: [1, 1], strides: [3, 2], pad: "valid" },
    { extents: [6, 8], kernel: [2, 2], strides: [2, 2], pad: "valid" },
    { extents: [8, 8], kernel: [7, 7], strides: [2, 2], pad: 3 },
  ];
  for (const geometry of cases) assert.equal(await left(geometry), 0, JSON.stringify(geometry));
});

Deno.test("phased() leaves what does not fall into equal phases, or fills no blocks", async () => {
  const cases: Geometry[] = [
    { extents: [7, 7], kernel: [3, 3], strides: [2, 2], pad: 1 },
    { extents: [9, 9], kernel: [2, 2], strides: [3, 3], pad: "valid" },
    { extents: [8, 8], kernel: [3, 3], strides: [2, 2], pad: 1, channels: 5 },
  ];
  for (const geometry of cases) assert.equal(await left(geometry), 1, JSON.stringify(geometry));
});
