/** @file Kernels that move elements, reduce them or read and write at places, against tfjs's cpu backend. */

import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { assertSameAsCpu, bytes, floats, gradientsOf, integers, runCompiled, toTfjs } from "../support.ts";

type Case = readonly [string, (x: tf.Tensor) => tf.Tensor];

const MOVES: readonly Case[] = [
  ["reshape", (x) => tf.reshape(x, [4, -1])],
  ["expandDims", (x) => tf.expandDims(x, -1)],
  ["transpose", (x) => tf.transpose(x, [2, 0, 1])],
  ["slice", (x) => tf.slice(x, [0, 1, 2], [2, 2, -1])],
  ["stridedSlice", (x) => tf.stridedSlice(x, [0, 3, 4], [2, 0, 0], [1, -1, -2])],
  ["reverse", (x) => tf.reverse(x, [1, 2])],
  ["concat with itself", (x) => tf.concat([x, x, tf.neg(x)], 1)],
  ["stack", (x) => tf.stack([x, tf.neg(x)], 2)],
  ["unstack", (x) => tf.add(tf.unstack(x, 1)[0]!, tf.unstack(x, 1)[3]!)],
  ["split", (x) => tf.split(x, [1, 3, 1], 2)[1]!],
  ["tile", (x) => tf.tile(x, [2, 1, 3])],
  ["broadcastTo", (x) => tf.broadcastTo(tf.slice(x, [0, 0, 0], [1, 4, 1]), [3, 4, 2])],
  ["pad", (x) => tf.pad(x, [[0, 0], [1, 2], [3, 0]], 0.5)],
  ["mirrorPad", (x) => tf.mirrorPad(x, [[0, 1], [1, 2], [3, 0]], "reflect")],
];

/** tfjs has no gradient of these, or one that fails in tfjs itself on these shapes. */
const NO_GRADIENT = new Set(["stridedSlice", "mirrorPad", "prod", "cumsum"]);

for (const [name, fn] of MOVES) {
  Deno.test(`compile() moves floats by tf.${name}, gradient included, and bytes alike`, async () => {
    const inputs = { x: floats(name, [2, 4, 5]) };
    await assertSameAsCpu(({ x }) => ({ y: fn(x!) }), inputs);
    if (!NO_GRADIENT.has(name)) await assertSameAsCpu(gradientsOf(({ x }) => fn(x!), ["x"]), inputs);
    const pure = !/itself|stack|pad/i.test(name);
    if (pure) await assertSameAsCpu(({ x }) => ({ y: fn(x!) }), { x: bytes(name, [2, 4, 5]) });
  });
}

const REDUCTIONS: readonly Case[] = [
  ["sum", (x) => tf.sum(x, [0, 2])],
  ["sum of everything", (x) => tf.sum(x)],
  ["mean", (x) => tf.mean(x, 1, true)],
  ["max", (x) => tf.max(x, [1])],
  ["min", (x) => tf.min(x, [0, 1])],
  ["prod", (x) => tf.prod(x, 2)],
  ["cumsum", (x) => tf.cumsum(x, 1, true, true)],
  ["softmax", (x) => tf.softmax(x)],
  ["logSoftmax", (x) => tf.logSoftmax(x)],
  ["logSumExp", (x) => tf.logSumExp(x, 2)],
  ["norm", (x) => tf.norm(x, "euclidean", 1)],
];

for (const [name, fn] of REDUCTIONS) {
  Deno.test(`compile() reduces by tf.${name}, gradient included`, async () => {
    const inputs = { x: floats(name, [3, 4, 5]) };
    await assertSameAsCpu(({ x }) => ({ y: fn(x!) }), inputs);
    if (!NO_GRADIENT.has(name)) await assertSameAsCpu(gradientsOf(({ x }) => fn(x!), ["x"]), inputs, 2e-5);
  });
}

Deno.test("compile() reduces integers and truth values, and finds the first extreme", async () => {
  const inputs = { x: integers("x", [4, 9], -3, 4) };
  await assertSameAsCpu(({ x }) => ({
    sum: tf.sum(x!, 1),
    mean: tf.mean(x!, 1),
    max: tf.max(x!, 0),
    all: tf.all(tf.greater(x!, 0), 1),
    any: tf.any(tf.greater(x!, 2), 1),
    count: tf.sum(tf.greater(x!, 0), 0),
    argMax: tf.argMax(x!, 1),
    argMin: tf.argMin(x!, 0),
  }), inputs);
});

Deno.test("compile() sorts out the largest by tf.topk", async () => {
  await assertSameAsCpu(({ x }) => {
    const { values, indices } = tf.topk(x!, 3);
    return { values, indices };
  }, { x: floats("topk", [4, 9]) });
});

Deno.test("compile() gathers rows and adds gradients of rows gathered twice", async () => {
  const inputs = { x: floats("rows", [5, 3]), at: integers("at", [7], 0, 5), grid: integers("grid", [2, 3], 0, 3) };
  await assertSameAsCpu(({ x, at, grid }) => ({
    rows: tf.gather(x!, at as tf.Tensor1D),
    columns: tf.gather(x!, grid as tf.Tensor2D, 1),
  }), inputs);
  await assertSameAsCpu(gradientsOf(({ x, at }) => tf.gather(x!, at as tf.Tensor1D), ["x"]), inputs);
  await assertSameAsCpu(gradientsOf(({ x, grid }) => tf.gather(x!, grid as tf.Tensor2D, 1), ["x"]), inputs);
});

Deno.test("compile() gathers and scatters by coordinates, and sums segments", async () => {
  const inputs = { x: floats("nd", [4, 5]), at: integers("places", [6, 2], 0, 4), ids: integers("ids", [4], 0, 3) };
  await assertSameAsCpu(({ x, at, ids }) => ({
    gathered: tf.gatherND(x!, at as tf.Tensor2D),
    segments: tf.unsortedSegmentSum(x as tf.Tensor2D, ids as tf.Tensor1D, 3),
  }), inputs);
  const updates = { at: integers("targets", [8, 1], 0, 5), x: floats("updates", [8, 3]) };
  await assertSameAsCpu(({ at, x }) => ({ y: tf.scatterND(at as tf.Tensor2D, x!, [5, 3]) }), updates);
});

Deno.test("compile() marks classes by tf.oneHot and makes constants in the graph", async () => {
  await assertSameAsCpu(({ labels }) => ({
    integers: tf.oneHot(labels as tf.Tensor1D, 4),
    custom: tf.oneHot(labels as tf.Tensor1D, 4, 0.9, -0.1, "float32"),
    zeros: tf.zerosLike(labels!),
    ones: tf.onesLike(tf.cast(labels!, "float32")),
    filled: tf.add(tf.fill([2, 100], 3), tf.zeros([2, 100])),
    counted: tf.range(0, 7, 2, "int32"),
    spaced: tf.linspace(0, 1, 5),
    literal: tf.tensor2d([[1, 2], [3, 4]]),
  }), { labels: integers("labels", [6], 0, 4) });
});

Deno.test("compile() crops and flips byte images by computed int32 indices, as augmentations do", async () => {
  const [count, side, padded] = [3, 4, 6];
  const inputs = {
    images: bytes("images", [count, side, side, 3]),
    batch: integers("batch", [5], 0, count),
    dy: integers("dy", [5], 0, 3),
    dx: integers("dx", [5], 0, 3),
    flip: integers("flip", [5], 0, 2),
  };
  await assertSameAsCpu(({ images, batch, dy, dx, flip }) => {
    const around = tf.pad(images!, [[0, 0], [1, 1], [1, 1], [0, 0]]);
    const table = tf.reshape(around, [count * padded * padded, 3]);
    const column = (x: tf.Tensor) => tf.reshape(x, [5, 1, 1]);
    const along = tf.range(0, side, 1, "int32");
    const x = tf.reshape(along, [1, 1, side]);
    const mirrored = tf.add(
      tf.mul(column(flip!), tf.sub(tf.scalar(side - 1, "int32"), x)),
      tf.mul(tf.sub(tf.scalar(1, "int32"), column(flip!)), x),
    );
    const rows = tf.add(
      tf.mul(column(batch!), tf.scalar(padded, "int32")),
      tf.add(column(dy!), tf.reshape(along, [1, side, 1])),
    );
    const at = tf.add(tf.mul(rows, tf.scalar(padded, "int32")), tf.add(mirrored, column(dx!)));
    const pixels = tf.gather(table, tf.reshape(at, [-1]) as tf.Tensor1D);
    return { crops: tf.div(tf.cast(tf.reshape(pixels, [5, side, side, 3]), "float32"), 255) };
  }, inputs);
});

Deno.test("compile() turns a tensor with contents from another backend into a constant and leaves it intact", async () => {
  void tf.setBackend("cpu");
  const kept = toTfjs(floats("kept", [3]));
  const { y } = await runCompiled(({ x }) => ({ y: tf.add(x!, kept) }), { x: floats("x", [3]) });
  const sum = Array.from(kept.dataSync(), (value, i) => Math.fround(value + (floats("x", [3]).data[i] ?? NaN)));
  assert.deepEqual(Array.from(y!.data), sum);
  kept.dispose();
});
