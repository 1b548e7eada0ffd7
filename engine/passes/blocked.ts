/**
 * @file Blocked convolutions: onnxruntime's CPU provider has direct convolutions over channels in blocks (NCHWc), about
 * 1.5 times as fast as those over NCHW. It uses them by itself only where the filter is constant, which in training it
 * never is; this pass spells the same operators out, the filter's reordering included.
 */

import type { Builder } from "../builder.ts";
import { ints, text } from "../builder.ts";
import { type Graph, intsOf, type Node, sameShape, type Value } from "../graph.ts";
import { FILTER_GRADIENT, windowsOf } from "../windows.ts";
import { blockedFilterGradient } from "./filter_blocked.ts";
import { onBlocks } from "./blocked_arithmetic.ts";
import { blockFilter } from "./blocked_filter.ts";
import { swapRuns } from "./runs.ts";
import { interleaved, isInterleaved } from "./interleaved.ts";
import { phased } from "./phases.ts";
import { blockedPoolGradient, POOL_GRADIENT } from "./pool_gradient.ts";
import { NCHWC } from "./nchwc.ts";
import { blocksOf, channelsLast, fromBlocks, lastFromBlocks, toBlocks } from "./reorder.ts";
import { type Producer, rewrite, through, usesOf } from "./rewrite.ts";

/**
 * Rewrites convolutions whose channels come in whole blocks of `size`, and what stands between them: activations,
 * poolings and masks, so that reorderings meet and cancel.
 */
export function blockConvolutions(graph: Graph, size: number): Graph {
  const readers = usesOf(graph);
  const alone = new Set<Value>();
  const poolings = new Set(graph.nodes.flatMap(({ op, inputs }) => op === POOL_GRADIENT ? inputs : []));
  return rewrite(graph, (node, builder, producer) => {
    if (node.op === "Conv" && node.domain === "") {
      const result = blocked(node, size, builder, producer);
      if (result && readers.get(node.outputs[0]!) === 1) alone.add(result);
      return result && [result];
    }
    if (node.op === "Relu") return activate(node, alone, builder, producer) ?? relu(node, builder, producer);
    if (node.op === "MaxPool" && node.outputs.length === 1) return pool(node, builder, producer);
    if (node.op === "Cast") return mask(node, builder, producer);
    if (node.op === "Transpose") {
      const wanted = poolings.has(node.outputs[0]!) ? fromChannelsLast(node, size, builder) : undefined;
      return wanted ?? toChannelsLast(node, size, builder, producer);
    }
    if (node.op === "ConvTranspose") {
      const result = phased(node, size, builder, producer);
      return result && [result];
    }
    if (node.op === FILTER_GRADIENT) return [filterGradient(node, size, builder, producer)];
    if (node.op !== POOL_GRADIENT) {
      const result = masked(node, builder, producer) ?? onBlocks(node, alone, builder, producer);
      if (result && readers.get(node.outputs[0]!) === 1) alone.add(result);
      return result && [result];
    }
    const [dy, x, pooled] = node.inputs.map((input) => toBlocks(input!, builder, producer));
    return [fromBlocks(blockedPoolGradient(builder, dy!, x!, pooled!, size), builder)];
  });
}

function relu(node: Node, builder: Builder, producer: Producer): Value[] | undefined {
  const x = blocksOf(node.inputs[0], producer);
  return x && [fromBlocks(builder.unary("Relu", x), builder)];
}

function pool(node: Node, builder: Builder, producer: Producer): Value[] | undefined {
  const x = blocksOf(node.inputs[0], producer);
  return x && [fromBlocks(builder.node("MaxPool", [x], node.outputs[0]!, node.attributes, NCHWC), builder)];
}

/** Channels last are turned into blocks at once. */
function fromChannelsLast(node: Node, size: number, builder: Builder): Value[] | undefined {
  const { shape } = node.outputs[0]!;
  if (!sameShape(intsOf(node, "perm")!, [0, 3, 1, 2]) || shape[1]! % size !== 0) return undefined;
  const [batch, channels, height, width] = shape as [number, number, number, number];
  const blocks = swapRuns(node.inputs[0]!, [batch, height * width, channels / size], size, builder);
  return [fromBlocks(builder.reshape(blocks, shape), builder)];
}

/** Blocks are turned into channels last at once. */
function toChannelsLast(node: Node, size: number, builder: Builder, producer: Producer): Value[] | undefined {
  const x = blocksOf(node.inputs[0], producer);
  if (!x || !sameShape(intsOf(node, "perm")!, [0, 2, 3, 1])) return undefined;
  return [lastFromBlocks(x, node.outputs[0]!.shape, size, builder)];
}

/** A mask `y > 0`, as numbers, of what is in blocks. */
function mask(node: Node, builder: Builder, producer: Producer): Value[] | undefined {
  const above = producer(node.inputs[0]);
  const y = above?.op === "Greater" ? blocksOf(above.inputs[0], producer) : undefined;
  const zero = above?.inputs[1];
  if (!y || zero?.shape.length !== 0) return undefined;
  return [fromBlocks(builder.cast(builder.binary("Greater", y, zero, "bool"), node.outputs[0]!.dtype), builder)];
}

/** A gradient in blocks times a mask `y > 0` of its own shape, which is then made of y's blocks: convolutions read those. */
function masked(node: Node, builder: Builder, producer: Producer): Value | undefined {
  for (const [factor, other] of [node.inputs, node.inputs.toReversed()] as [Value, Value][]) {
    const above = node.op === "Mul" ? producer(through(other, "Cast", producer)) : undefined;
    const [y, zero] = above?.inputs ?? [];
    if (above?.op !== "Greater" || !y || !sameShape(factor.shape, y.shape) || zero?.shape.length !== 0) continue;
    if (!blocksOf(factor, producer)) continue;
    const alive = builder.cast(builder.binary("Greater", toBlocks(y, builder, producer), zero, "bool"), "float32");
    return fromBlocks(builder.binary("Mul", toBlocks(factor, builder, producer), alive), builder);
  }
  return undefined;
}

function blocked(node: Node, size: number, builder: Builder, producer: Producer): Value | undefined {
  const [x, filter, bias] = node.inputs as [Value, Value, Value | undefined];
  const [out, channels] = filter.shape as [number, number];
  // Fewer channels than a block, an image's three say, are read as they are.
  const whole = channels % size === 0;
  if (out % size !== 0 || (!whole && channels >= size)) return undefined;
  const source = whole ? toBlocks(x, builder, producer) : x;
  const inputs = [source, blockFilter(filter, size, builder, producer), ...(bias ? [bias] : [])];
  if (whole && isInterleaved(node)) return fromBlocks(interleaved(node, inputs, size, builder), builder);
  const attributes = { kernel_shape: ints(filter.shape.slice(2)), ...node.attributes };
  const result = builder.node("Conv", inputs, node.outputs[0]!, attributes, NCHWC);
  return fromBlocks(result, builder);
}

/** All gradients by filters that are left here have shapes for blocks (passes/filter_gradient.ts). */
function filterGradient(node: Node, size: number, builder: Builder, producer: Producer): Value {
  const [x, dy] = node.inputs as [Value, Value];
  const windows = windowsOf(node);
  const image = channelsLast(x, size, builder, producer);
  return blockedFilterGradient(builder, image, toBlocks(dy, builder, producer), windows, size);
}

/** A relu that alone reads a convolution is done by it. */
function activate(node: Node, alone: ReadonlySet<Value>, builder: Builder, producer: Producer): Value[] | undefined {
  const [x] = node.inputs as [Value];
  const convolution = alone.has(x) ? producer(producer(x)?.inputs[0]) : undefined;
  if (!convolution || intsOf(convolution, "kernel_shape") === undefined) return undefined;
  const attributes = { ...convolution.attributes, activation: text("Relu") };
  return [fromBlocks(builder.node("Conv", convolution.inputs, x, attributes, NCHWC), builder)];
}
