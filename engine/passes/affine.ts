/**
 * @file `a x + b` with one number a channel, the form of every normalization, as one operation and one pass over memory:
 * ONNX's inference-mode `BatchNormalization` with mean 0 and variance 1.
 */

import type { Builder } from "../builder.ts";
import { float } from "../builder.ts";
import type { Graph, Node, Value } from "../graph.ts";
import { sizeOf } from "../types.ts";
import { type Producer, rewrite, usesOf } from "./rewrite.ts";

/** Joins multiplications and additions a channel of `[batch, channels, height, width]`. Runs after layouts are settled. */
export function scaleAndShift(graph: Graph): Graph {
  const uses = usesOf(graph);
  return rewrite(graph, (node, builder, producer) => {
    if (node.op === "Sub") return subtract(node, uses, builder, producer);
    if (node.op !== "Add") return undefined;
    for (const [product, shift] of [node.inputs, node.inputs.toReversed()] as [Value, Value][]) {
      const found = uses.get(product) === 1 && isPerChannel(shift, product) ? scaled(product, producer) : undefined;
      if (found) return [join(builder, found, vector(builder, shift))];
    }
    return undefined;
  });
}

interface Scaled {
  readonly x: Value;
  readonly scale: Value;
}

/** `a x - b`, and `c - a x - b` as `c - (a x + b)`. */
function subtract(
  node: Node,
  uses: ReadonlyMap<Value, number>,
  builder: Builder,
  producer: Producer,
): Value[] | undefined {
  const [first, shift] = node.inputs as [Value, Value];
  if (uses.get(first) !== 1 || !isPerChannel(shift, first)) return undefined;
  const found = scaled(first, producer);
  if (found) return [join(builder, found, builder.unary("Neg", vector(builder, shift)))];
  const inner = producer(first);
  const [minuend, product] = inner?.inputs ?? [];
  if (inner?.op !== "Sub" || !minuend || !product || uses.get(product) !== 1) return undefined;
  const lean = scaled(product, producer);
  return lean && [builder.binary("Sub", minuend, join(builder, lean, vector(builder, shift)))];
}

/** Recognizes `a x`, with one number a channel. */
export function scaled(product: Value, producer: Producer): Scaled | undefined {
  const maker = producer(product);
  if (maker?.op !== "Mul" || product.dtype !== "float32") return undefined;
  for (const [x, scale] of [maker.inputs, maker.inputs.toReversed()] as [Value, Value][]) {
    if (sizeOf(x.shape) === sizeOf(product.shape) && isPerChannel(scale, product)) return { x, scale };
  }
  return undefined;
}

/** `[1, channels, 1, 1]` beside an image, which has more pixels than that. */
function isPerChannel({ shape }: Value, image: Value): boolean {
  const extents = image.shape;
  return extents.length === 4 && extents[1]! > 1 && sizeOf(extents) > extents[1]! &&
    shape.length >= 3 && shape.at(-3) === extents[1] && sizeOf(shape) === extents[1];
}

function vector(builder: Builder, value: Value): Value {
  return builder.reshape(value, [sizeOf(value.shape)]);
}

function join(builder: Builder, { x, scale }: Scaled, shift: Value): Value {
  const [factor, channels] = [vector(builder, scale), sizeOf(scale.shape)];
  const zeros = builder.constant(new Float32Array(channels), "float32", [channels]);
  const ones = builder.constant(new Float32Array(channels).fill(1), "float32", [channels]);
  return builder.node("BatchNormalization", [x, factor, shift, zeros, ones], x, { epsilon: float(0) });
}
