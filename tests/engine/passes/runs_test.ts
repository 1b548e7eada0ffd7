/** @file Operations on blocks that move and pad runs of memory, and the masks and sums that need no memory of their own. */

import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { blockSize } from "../../../engine/blocks.ts";
import { Builder } from "../../../engine/builder.ts";
import type { Value } from "../../../engine/graph.ts";
import { stretchMasks } from "../../../engine/passes/masks.ts";
import { dropDead } from "../../../engine/passes/dead.ts";
import { optimize } from "../../../engine/passes/mod.ts";
import { padRows, swapRuns } from "../../../engine/passes/runs.ts";
import { floats } from "../support.ts";
import { count, ops, run, through } from "./support.ts";

const SIZE = await blockSize();
const blocked = { ignore: SIZE === undefined };

/** What a graph of one input makes of numbers. */
async function made(shape: number[], make: (x: Value, builder: Builder) => Value): Promise<number[]> {
  const builder = new Builder();
  const x: Value = { dtype: "float32", shape };
  const y = make(x, builder);
  const graph = builder.finish([x], [y]);
  return [...(await run(graph, { x: floats("x", shape) }, ["y"])).y!.data];
}

Deno.test("swapRuns() transposes runs of a block's length", blocked, async () => {
  for (const [batch, rows, columns] of [[3, 5, 2], [1, 1, 4], [2, 16, 7], [2, 3, 1]] as const) {
    const shape = [batch, rows, columns, SIZE!];
    assert.deepEqual(
      await made(shape, (x, builder) => swapRuns(x, [batch, rows, columns], SIZE!, builder)),
      await made(shape, (x, builder) => builder.transpose(x, [0, 2, 1, 3])),
    );
  }
});

Deno.test("padRows() pads rows with zeros, in whole runs and otherwise", blocked, async () => {
  for (const [before, columns, after] of [[1, 3, 2], [0, 2, 1], [0, 2, 0], [0.5, 2, 0], [1, 1.25, 1]] as const) {
    const [left, wide, right] = [before * SIZE!, columns * SIZE!, after * SIZE!];
    assert.deepEqual(
      await made([2, 3, wide], (x, builder) => padRows(x, left, right, SIZE!, builder)),
      await made([2, 3, wide], (x, builder) => builder.pad(x, [0, 0, left], [0, 0, right])),
    );
  }
});

Deno.test("stretchMasks() makes numbers of a comparison with 0 at once, and leaves other comparisons", async () => {
  const x = floats("x", [4, 5], -1, 1);
  x.data.set([0, -0, 1e-38, -1e-38, 3e38, -3e38, Infinity, -Infinity], 0);
  const { before, after } = await through([stretchMasks, dropDead], ({ x }) => ({
    mask: tf.cast(tf.greater(x!, 0), "float32"),
    above: tf.cast(tf.greater(x!, 0.5), "float32"),
    truth: tf.cast(tf.cast(tf.greater(x!, 0.25), "bool"), "int32"),
  }), { x });
  assert.equal(count(before, "HardSigmoid"), 0);
  assert.equal(count(after, "HardSigmoid"), 1);
  assert.equal(count(after, "Greater"), 2);
});

Deno.test("onBlocks() sums products over pixels without making them, unless they are needed", blocked, async () => {
  const inputs = { x: floats("x", [2, 6, 5, 32], -1, 1), w: floats("w", [3, 3, 32, 32], -0.2, 0.2) };
  const conv = (x: tf.Tensor, w: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same");
  const passes = [(graph: Parameters<typeof optimize>[0]) => optimize(graph, SIZE)];
  const { after } = await through(passes, ({ x, w }) => {
    const [a, b] = [conv(x!, w!), conv(tf.neg(x!), w!)];
    return { product: tf.sum(tf.mul(a, b), [1, 2]), square: tf.sum(tf.mul(a, a), [0, 1, 2]), sum: tf.sum(a, [1, 2]) };
  }, inputs);
  // One multiplication is by the number of pixels.
  assert.deepEqual([count(after, "Mul"), count(after, "GlobalAveragePool"), count(after, "Conv")], [1, 1, 4]);
  const shared = await through(passes, ({ x, w }) => {
    const product = tf.mul(conv(x!, w!), conv(tf.neg(x!), w!));
    return { sum: tf.sum(product, [1, 2]), next: conv(product, w!) };
  }, inputs);
  assert.ok(ops(shared.after).includes("Mul"));
});
