/**
 * @file Arithmetic on channels in blocks, so that a network stays in blocks from convolution to convolution. Number by
 * number it is the same operation. A number a channel is a convolution of one tap for each channel by itself, which
 * scales and shifts in one pass on all threads; sums over pixels are a pooling.
 */

import { type Builder, int, ints } from "../builder.ts";
import { intOf, type Node, sameShape, type Value } from "../graph.ts";
import { sizeOf } from "../types.ts";
import { NCHWC } from "./nchwc.ts";
import { blocksOf, fromBlocks, toBlocks } from "./reorder.ts";
import type { Producer } from "./rewrite.ts";

const BINARY = new Set(["Add", "Sub", "Mul"]);

/**
 * An operation on images, one of which at least is in blocks, on blocks; `undefined` where that does not go.
 *
 * @param alone images that have one reader
 */
export function onBlocks(
  node: Node,
  alone: ReadonlySet<Value>,
  builder: Builder,
  producer: Producer,
): Value | undefined {
  if (node.op === "BatchNormalization") return normalization(node, builder, producer);
  if (node.op === "ReduceSum") return sumOfPixels(node, alone, builder, producer);
  if (!BINARY.has(node.op) || node.outputs[0]!.dtype !== "float32") return undefined;
  const { shape } = node.outputs[0]!;
  const [a, b] = node.inputs as [Value, Value];
  if (!blocksOf(a, producer) && !blocksOf(b, producer)) return undefined;
  const [left, right] = [operand(a, shape, builder, producer), operand(b, shape, builder, producer)];
  if (left && right) return fromBlocks(builder.binary(node.op, left, right), builder);
  return perChannel(node, builder, producer);
}

/** What an operation number by number takes: all of an image, or one number for all of it. */
function operand(value: Value, shape: readonly number[], builder: Builder, producer: Producer): Value | undefined {
  if (sameShape(value.shape, shape)) return toBlocks(value, builder, producer);
  return value.shape.length === 0 ? value : undefined;
}

/** `x a`, `x + b` and `x - b` with one number a channel. */
function perChannel(node: Node, builder: Builder, producer: Producer): Value | undefined {
  const pairs = (node.op === "Sub" ? [node.inputs] : [node.inputs, node.inputs.toReversed()]) as [Value, Value][];
  for (const [image, other] of pairs) {
    const x = blocksOf(image, producer);
    const channels = image.shape[1]!;
    if (!x || other.shape.length < 3 || other.shape.at(-3) !== channels || sizeOf(other.shape) !== channels) continue;
    const vector = builder.reshape(other, [channels]);
    if (node.op === "Mul") return fromBlocks(affine(builder, x, vector), builder);
    const ones = builder.constant(new Float32Array(channels).fill(1), "float32", [channels]);
    const shift = node.op === "Sub" ? builder.unary("Neg", vector) : vector;
    return fromBlocks(affine(builder, x, ones, shift), builder);
  }
  return undefined;
}

/** What scaleAndShift() wrote: a mean of 0 and a variance of 1. */
function normalization(node: Node, builder: Builder, producer: Producer): Value | undefined {
  const [image, scale, shift, mean, variance] = node.inputs as [Value, Value, Value, Value, Value];
  const x = blocksOf(image, producer);
  const plain = builder.contents(mean)?.every((each) => each === 0) &&
    builder.contents(variance)?.every((each) => each === 1);
  return x && plain ? fromBlocks(affine(builder, x, scale, shift), builder) : undefined;
}

function affine(builder: Builder, x: Value, scale: Value, shift?: Value): Value {
  const channels = x.shape[1]!;
  const filter = builder.reshape(scale, [channels, 1, 1, 1]);
  return builder.node("Conv", shift ? [x, filter, shift] : [x, filter], x, {
    kernel_shape: ints([1, 1]),
    group: int(channels),
  }, NCHWC);
}

/** A sum over axes 2 and 3: the mean, times how many; of a product, without making it. */
function sumOfPixels(
  node: Node,
  alone: ReadonlySet<Value>,
  builder: Builder,
  producer: Producer,
): Value | undefined {
  const x = blocksOf(node.inputs[0], producer);
  const axes = builder.contents(node.inputs[1]);
  if (!x || !axes || !sameShape(Array.from(axes).toSorted(), [2, 3])) return undefined;
  // One pixel's blocks are channels first as they are. Trailing axes of one element would be slow to multiply.
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const means = () => {
    const mean = builder.node("GlobalAveragePool", [x], { dtype: x.dtype, shape: [batch, channels, 1, 1] }, {}, NCHWC);
    return builder.binary("Mul", builder.reshape(mean, [batch * channels]), builder.scalar(height * width));
  };
  const sums = (alone.has(node.inputs[0]!) ? sumOfProducts(x, builder, producer) : undefined) ?? means();
  return builder.reshape(sums, intOf(node, "keepdims", 1) === 1 ? [batch, channels, 1, 1] : [batch, channels]);
}

/**
 * The sum over pixels of `a b`: the result of a convolution of one with the other as a filter as large as the image, for
 * each image and channel by itself. Nothing is written, and blocks are a filter as they are.
 */
function sumOfProducts(x: Value, builder: Builder, producer: Producer): Value | undefined {
  const [a, b] = producer(x)?.op === "Mul" ? producer(x)!.inputs : [];
  if (!a || !b || !sameShape(a.shape, x.shape) || !sameShape(b.shape, x.shape)) return undefined;
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const planes = batch * channels;
  const image = builder.reshape(a, [1, planes, height, width]);
  const filter = builder.reshape(b, [planes, 1, height, width]);
  return builder.node("Conv", [image, filter], { dtype: x.dtype, shape: [1, planes, 1, 1] }, {
    kernel_shape: ints([height, width]),
    group: int(planes),
  }, NCHWC);
}
