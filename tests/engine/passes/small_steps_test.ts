/** @file Passes that small networks' steps gain from: narrow products turned round, a log-softmax as one operation. */

import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { dropDead } from "../../../engine/passes/dead.ts";
import { fuse } from "../../../engine/passes/fuse.ts";
import { joinLogSoftmax } from "../../../engine/passes/log_softmax.ts";
import { optimize } from "../../../engine/passes/mod.ts";
import { turnNarrow } from "../../../engine/passes/narrow.ts";
import { floats } from "../support.ts";
import { count, ops, through } from "./support.ts";

type Matrix = tf.Tensor2D;

Deno.test("turnNarrow() transposes the small matrices of a tall, narrow product, momentum included", async () => {
  const inputs = {
    x: floats("x", [64, 600], -1, 1),
    dy: floats("dy", [64, 10], -1, 1),
    v: floats("v", [600, 10], -1, 1),
  };
  const { after } = await through([fuse, turnNarrow, dropDead], ({ x, dy, v }) => {
    const dw = tf.matMul(x as Matrix, dy as Matrix, true, false);
    return {
      velocity: tf.add(tf.mul(v!, 0.9), dw),
      twice: tf.mul(tf.matMul(x as Matrix, tf.neg(dy as Matrix), true), 2),
    };
  }, inputs);
  const products = after.nodes.filter(({ op }) => op === "Gemm");
  assert.deepEqual(products.map(({ outputs: [y] }) => y!.shape), [[10, 600], [10, 600]]);
  assert.deepEqual(products.map(({ inputs }) => inputs.length).toSorted(), [2, 3]);
  assert.equal(count(after, "Transpose"), 3);
});

Deno.test("turnNarrow() leaves wide, short and shallow products alone", async () => {
  const inputs = {
    x: floats("x", [64, 600], -1, 1),
    wide: floats("wide", [64, 16], -1, 1),
    short: floats("short", [64, 100], -1, 1),
    shallow: floats("shallow", [32, 600], -1, 1),
    narrow: floats("narrow", [64, 10], -1, 1),
    few: floats("few", [32, 10], -1, 1),
  };
  const { after } = await through([turnNarrow], ({ x, wide, short, shallow, narrow, few }) => ({
    a: tf.matMul(x as Matrix, wide as Matrix, true),
    b: tf.matMul(short as Matrix, narrow as Matrix, true),
    c: tf.matMul(shallow as Matrix, few as Matrix, true),
    d: tf.matMul(tf.transpose(x!) as Matrix, narrow as Matrix),
  }), inputs);
  assert.equal(count(after, "Gemm"), 4);
  assert.equal(count(after, "Transpose"), 1);
});

Deno.test("joinLogSoftmax() makes one operation of tfjs's six, and leaves what only looks like it", async () => {
  const inputs = { x: floats("x", [4, 7], -30, 30), y: floats("y", [4, 7], -3, 3) };
  const { after } = await through(
    [joinLogSoftmax, dropDead],
    ({ x }) => ({ logs: tf.logSoftmax(x as Matrix) }),
    inputs,
  );
  assert.deepEqual(ops(after), ["LogSoftmax"]);
  const { after: other } = await through([joinLogSoftmax, dropDead], ({ x, y }) => {
    const centred = tf.sub(y!, tf.max(y!, 1, true));
    const sum = (x: tf.Tensor, axis: number) => tf.log(tf.sum(tf.exp(x), axis, true));
    return {
      across: tf.sub(centred, sum(centred, 0)),
      another: tf.sub(centred, sum(tf.mul(centred, 0.5), 1)),
      above: tf.sub(tf.sub(y!, tf.max(x!, 1, true)), sum(tf.sub(y!, tf.max(x!, 1, true)), 1)),
      bare: tf.sub(y!, sum(y!, 1)),
    };
  }, inputs);
  assert.equal(count(other, "LogSoftmax"), 0);
});

Deno.test("optimize() makes a step of logistic regression few operations, with equal numbers", async () => {
  const inputs = {
    x: floats("x", [64, 784], 0, 1),
    w: floats("w", [784, 10], -0.1, 0.1),
    b: floats("b", [10], -0.1, 0.1),
    v: floats("v", [784, 10], -0.1, 0.1),
    hot: floats("hot", [64, 10], 0, 1),
  };
  const { before, after } = await through([optimize], ({ x, w, b, v, hot }) => {
    const { value, grads } = tf.valueAndGrads((w, b) => {
      const logits = tf.add(tf.matMul(x as Matrix, w as Matrix), b);
      return tf.neg(tf.mean(tf.sum(tf.mul(hot!, tf.logSoftmax(logits)), 1))) as tf.Scalar;
    })([w!, b!]);
    const velocity = tf.add(tf.mul(v!, 0.9), grads[0]!);
    return { value, velocity, nextW: tf.sub(w!, tf.mul(velocity, 0.1)), nextB: tf.sub(b!, tf.mul(grads[1]!, 0.1)) };
  }, inputs);
  assert.equal(count(after, "LogSoftmax"), 1);
  assert.equal(count(after, "Gemm"), 2);
  assert(after.nodes.length <= before.nodes.length / 2 + 3, `${before.nodes.length} -> ${after.nodes.length}`);
});
