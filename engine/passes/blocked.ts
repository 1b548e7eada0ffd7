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
  return rewrite(graph, (node, builder, producer) => {
    if (node.op === "Conv" && node.domain === "") {
      const result = blocked(node, size, builder, producer);
      if (result && readers.get(node.outputs[0]!) === 1) alone.add(result);
      return result && [result];
    }
    if (node.op === "Relu") return activate(node, alone, builder, producer) ?? relu(node, builder, producer);
    if (node.op === "MaxPool" && node.outputs.length === 1) return pool(node, builder, producer);
    if (node.op === "Transpose") return toChannelsLast(node, size, builder, producer);
    if (node.op === "ConvTranspose") {
      const result = phased(node, size, builder, producer);
      return result && [result];
    }
    if (node.op === FILTER_GRADIENT) return [filterGradient(node, size, builder, producer)];
    if (node.op !== POOL_GRADIENT) {
      const result = node.op === "Mul"
        ? mask(node, builder, producer) ?? onBlocks(node, alone, builder, producer)
        : onBlocks(node, alone, builder, producer);
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

/** Blocks are turned into channels last at once. */
function toChannelsLast(node: Node, size: number, builder: Builder, producer: Producer): Value[] | undefined {
  const x = blocksOf(node.inputs[0], producer);
  if (!x || !sameShape(intsOf(node, "perm")!, [0, 2, 3, 1])) return undefined;
  return [lastFromBlocks(x, node.outputs[0]!.shape, size, builder)];
}

/** A gradient times a mask `y > 0` of its own shape. */
function mask(node: Node, builder: Builder, producer: Producer): Value | undefined {
  for (const [factor, other] of [node.inputs, node.inputs.toReversed()] as [Value, Value][]) {
    const above = producer(through(other, "Cast", producer));
    const y = above?.inputs[0];
    if (above?.op !== "Greater" || !y || !sameShape(factor.shape, y.shape)) continue;
    if (!blocksOf(factor, producer) && !blocksOf(y, producer)) continue;
    const zero = above.inputs[1]!;
    if (zero.shape.length > 0) continue;
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
