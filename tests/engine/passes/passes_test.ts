/** @file Passes: what each removes, and that the graph computes the same before and after. */

import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import type { Graph } from "../../../engine/graph.ts";
import { blockSize } from "../../../engine/blocks.ts";
import { blockConvolutions } from "../../../engine/passes/blocked.ts";
import { mergeCommon } from "../../../engine/passes/common.ts";
import { dropDead } from "../../../engine/passes/dead.ts";
import { foldConstants } from "../../../engine/passes/fold.ts";
import { fuse } from "../../../engine/passes/fuse.ts";
import { hoist } from "../../../engine/passes/hoist.ts";
import { optimize } from "../../../engine/passes/mod.ts";
import { simplify } from "../../../engine/passes/simplify.ts";
import { sinkTransposes } from "../../../engine/passes/transposes.ts";
import { trace } from "../../../engine/trace.ts";
import { floats, type Named } from "../support.ts";
import { count, ops, through } from "./support.ts";

Deno.test("dropDead() drops what no output needs and keeps the rest", async () => {
  const { before, after } = await through([dropDead], ({ x }) => {
    tf.exp(tf.add(x!, tf.tensor1d([1, 2, 3])));
    return { y: tf.sqrt(tf.abs(x!)) };
  }, { x: floats("x", [3]) });
  assert.deepEqual(ops(before), ["Add", "Exp", "Abs", "Sqrt"]);
  assert.deepEqual(ops(after), ["Abs", "Sqrt"]);
  assert.equal(after.constants.size, 0);
});

Deno.test("mergeCommon() computes equal expressions once, and tells -0 from 0", async () => {
  const { after } = await through([mergeCommon], ({ x }) => ({
    y: tf.add(tf.exp(tf.mul(x!, 2)), tf.exp(tf.mul(x!, 2))),
    sign: tf.sub(tf.div(1, tf.scalar(0)), tf.div(1, tf.mul(tf.scalar(-0), 1))),
  }), { x: floats("x", [3]) });
  assert.equal(count(after, "Exp"), 1);
});

Deno.test("mergeCommon() keeps operations apart that differ in an attribute alone", async () => {
  const { after } = await through([mergeCommon], ({ x }) => ({
    a: tf.leakyRelu(x!, 0.1),
    b: tf.leakyRelu(x!, 0.2),
  }), { x: floats("x", [5]) });
  assert.equal(count(after, "LeakyRelu"), 2);
});

Deno.test("simplify() folds scalars and drops neutral and repeating operations", async () => {
  const { after } = await through([simplify, dropDead], ({ x }) => ({
    y: tf.mul(tf.add(tf.mul(x!, tf.div(tf.scalar(4), 4)), 0), tf.fill([2, 3], 3)),
    z: tf.add(tf.broadcastTo(tf.slice(x!, [0, 0], [1, 3]), [2, 3]), x!),
    r: tf.reshape(tf.reshape(x!, [6]), [3, 2]),
    t: tf.transpose(tf.reshape(x!, [2, 1, 3]), [1, 0, 2]),
  }), { x: floats("x", [2, 3]) });
  assert.deepEqual(ops(after).toSorted(), ["Add", "Mul", "Reshape", "Reshape", "Slice"]);
});

Deno.test("foldConstants() works out what small constants decide, and leaves what an input decides", async () => {
  const { before, after } = await through([foldConstants, dropDead], ({ x }) => {
    const grid = tf.reshape(tf.cast(tf.tensor1d([1, 2, 3, 4, 5, 6], "int32"), "float32"), [2, 3]);
    const turned = tf.transpose(tf.div(tf.sub(grid, tf.tensor1d([1, 2, 3])), tf.tensor2d([[3], [7]])));
    return {
      y: tf.mul(tf.add(x!, turned), tf.fill([3, 2], 0.1)),
      cube: tf.transpose(tf.fill([2, 3, 4], 5), [2, 0, 1]),
    };
  }, { x: floats("x", [3, 2]) });
  assert.ok(before.nodes.length > 6);
  assert.deepEqual(ops(after), ["Add", "Mul"]);
});

Deno.test("simplify() repeats a result instead of all its operands", async () => {
  const { after } = await through([simplify, simplify, dropDead], ({ x }) => ({
    y: tf.mul(tf.add(tf.broadcastTo(x!, [40, 3]), tf.fill([40, 3], 2)), tf.ones([40, 3])),
  }), { x: floats("x", [1, 3]) });
  assert.deepEqual(ops(after), ["Add", "Expand"]);
});

Deno.test("simplify() keeps the shape of a result whose operands were all repeated", async () => {
  const { after } = await through([simplify, dropDead], ({ x }) => ({
    y: tf.add(tf.broadcastTo(x!, [4, 3]), tf.broadcastTo(tf.neg(x!), [4, 3])),
  }), { x: floats("x", [1, 3]) });
  assert.deepEqual(after.outputs[0]!.shape, [4, 3]);
});

Deno.test("sinkTransposes() cancels the turns between two convolutions with arithmetic between them", async () => {
  const { before, after } = await through([sinkTransposes, simplify, dropDead], ({ x, w, v, b }) => {
    const h = tf.relu(tf.add(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same"), b!));
    const normal = tf.div(tf.sub(h, tf.mean(h, [0, 1, 2])), tf.sqrt(tf.add(tf.mean(tf.square(h), [0, 1, 2]), 1)));
    const wide = tf.pad(tf.concat([normal, h], 3) as tf.Tensor4D, [[0, 0], [1, 0], [0, 2], [0, 0]]);
    return { y: tf.conv2d(tf.slice(wide, [0, 1, 1, 0], [-1, -1, -1, 4]) as tf.Tensor4D, v as tf.Tensor4D, 1, "valid") };
  }, { x: floats("x", [2, 4, 5, 3]), w: floats("w", [3, 3, 3, 4]), v: floats("v", [2, 2, 4, 3]), b: floats("b", [4]) });
  const images = (graph: Graph) =>
    graph.nodes.filter((node) => node.op === "Transpose" && node.outputs[0]!.shape[0] === 2).length;
  assert.ok(images(before) >= 4);
  // One into the first convolution, one out of the last; filters turn on their own.
  assert.equal(after.nodes.filter((node) => node.op === "Transpose").length, 4);
});

Deno.test("sinkTransposes() keeps reductions, full operands and turned matrices right", async () => {
  await through([sinkTransposes, simplify, dropDead], ({ x, y }) => {
    const t = tf.transpose(x!, [2, 0, 1]);
    return {
      sum: tf.sum(t, [0]),
      kept: tf.max(t, [2, 0], true),
      mean: tf.mean(t, [1]),
      mixed: tf.mul(t, y!),
      row: tf.mul(t, tf.slice(y!, [0, 0, 0], [1, 1, 3])),
      both: tf.where(tf.greater(t, 0), t, tf.mul(t, 2)),
      back: tf.transpose(tf.transpose(t, [1, 2, 0]), [0, 2, 1]),
      soft: tf.softmax(t),
    };
  }, { x: floats("x", [2, 3, 4]), y: floats("y", [4, 2, 3]) });
});

Deno.test("fuse() folds biases and momentum into products, and masks before a pooling's gradient", async () => {
  const inputs = {
    x: floats("x", [2, 6, 6, 3]),
    w: floats("w", [3, 3, 3, 4]),
    b: floats("b", [4]),
    d: floats("d", [36, 5]),
    v: floats("v", [36, 5]),
  };
  const fn: Named = ({ x, w, b, d, v }) => {
    const loss = (w: tf.Tensor, b: tf.Tensor, d: tf.Tensor) => {
      const h = tf.maxPool(
        tf.relu(tf.add(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same"), b)) as tf.Tensor4D,
        2,
        2,
        "valid",
      );
      return tf.mean(tf.square(tf.add(tf.matMul(tf.reshape(h, [2, 36]), d as tf.Tensor2D), 0.5)));
    };
    const [dw, db, dd] = tf.grads(loss)([w!, b!, d!]) as [tf.Tensor, tf.Tensor, tf.Tensor];
    return { dw, db, velocity: tf.add(tf.mul(v!, 0.9), dd) };
  };
  const { before } = await through([optimize], fn, inputs);
  const plain = [dropDead, simplify, mergeCommon, sinkTransposes, simplify, mergeCommon, dropDead];
  const unfused = plain.reduce((graph, pass) => pass(graph), before);
  const fused = dropDead(fuse(unfused));
  assert.equal(count(unfused, "Add") - count(fused, "Add"), 3);
  const masks = (graph: Graph) =>
    graph.nodes.filter((node) => node.op === "Greater").map((node) => node.outputs[0]!.shape);
  assert.deepEqual(masks(unfused), [[2, 4, 6, 6]]);
  assert.deepEqual(masks(fused), [[2, 4, 3, 3]]);
});

Deno.test("hoist() moves what depends on constants alone before the loop, unless it grows too large", () => {
  const { graph } = trace(({ table, x }) => {
    const padded = tf.pad(table!, [[1, 1], [0, 0]]);
    const widened = tf.cast(table!, "float32");
    return { y: tf.add(tf.add(tf.sum(tf.gather(tf.cast(padded, "float32"), [0, 1])), tf.sum(widened)), x!) };
  }, { table: { dtype: "uint8", shape: [400, 100] }, x: { dtype: "float32", shape: [] } });
  const { before, body } = hoist(graph, 1);
  assert.deepEqual(ops(before), ["Pad"]);
  assert.equal(count(body, "Cast"), 2);
  const names = new Set([...before.constants.keys()]);
  assert.ok([...body.constants.keys()].every((constant) => !names.has(constant)));
});

Deno.test("blockConvolutions() blocks filters and images, and joins a relu to its convolution", async () => {
  const size = await blockSize();
  const inputs = {
    x: floats("x", [2, 6, 7, 3]),
    w: floats("w", [3, 3, 3, 64], -0.5, 0.5),
    b: floats("b", [64]),
    v: floats("v", [3, 3, 64, 128], -0.5, 0.5),
    u: floats("u", [1, 1, 128, 5], -0.5, 0.5),
  };
  const conv = (x: tf.Tensor, w: tf.Tensor, stride: number) =>
    tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, "same");
  const fn: Named = ({ x, w, b, v, u }) => {
    const h = tf.relu(tf.add(conv(x!, w!, 1), b!));
    const g = conv(h, v!, 2);
    return { y: conv(tf.relu(g), u!, 1), kept: g };
  };
  const passes = size === undefined ? [] : [(graph: Graph) => dropDead(blockConvolutions(graph, size))];
  const { after } = await through([optimize, ...passes], fn, inputs);
  // Without blocked convolutions in the library the graph stays as it is; the last one's 5 channels fill no block.
  const domains = after.nodes.filter((node) => node.op === "Conv").map((node) => node.domain !== "");
  assert.deepEqual(domains, size === undefined ? [false, false, false] : [true, true, false]);
  // One relu is its convolution's own; the other's argument is also an output.
  assert.equal(count(after, "Relu"), size === undefined ? 2 : 1);
  // The image's three channels are read as they are; one reordering turns the kept result into channels last.
  assert.equal(count(after, "ReorderInput"), size === undefined ? 0 : 1);
});
