/**
 * @file Maximum pooling's gradient, which arrives as equality masks and an upsampling (kernels/pooling.ts): recognized as
 * one thing, summed without being made, and over blocks of channels written with fewer passes over memory.
 */

import type { Builder } from "../builder.ts";
import { ints } from "../builder.ts";
import { type Graph, intsOf, type Node, sameShape, type Value } from "../graph.ts";
import { NCHWC } from "./nchwc.ts";
import { type Producer, rewrite, through, usesOf } from "./rewrite.ts";

/** What a maximum pooling's gradient is made of: the first maxima of `x`'s windows, and the upsampled `dy`. */
export interface PoolingGradient {
  readonly x: Value;
  /** The pooled maxima. */
  readonly pooled: Value;
  readonly first: Value;
  readonly upsampling: Node;
}

/** Recognizes the gradient of a maximum pooling. */
export function poolingGradient(node: Node | undefined, producer: Producer): PoolingGradient | undefined {
  if (node?.op !== "Mul") return undefined;
  const [first, upsampled] = node.inputs as [Value, Value];
  const upsampling = producer(upsampled);
  const ranking = producer(matched(first, producer)?.x);
  const pooled = ranking?.op === "Mul" ? matched(ranking.inputs[0], producer) : undefined;
  if (upsampling?.op !== "Resize" || !pooled || producer(pooled.y)?.inputs[0] !== pooled.x) return undefined;
  return { first, upsampling, pooled: pooled.y, x: pooled.x };
}

/** Recognizes `cast(x == upsample(y))` where y is a maximum pooling. */
function matched(value: Value | undefined, producer: Producer): { x: Value; y: Value } | undefined {
  const equality = producer(through(value, "Cast", producer));
  if (equality?.op !== "Equal") return undefined;
  const y = through(equality.inputs[1], "Resize", producer);
  return y && producer(y)?.op === "MaxPool" ? { x: equality.inputs[0]!, y } : undefined;
}

/** The pixels' sum of a pooling's gradient is that of `dy`, a quarter as long: each `dy` went to one pixel. */
export function sumPoolGradients(graph: Graph): Graph {
  return rewrite(graph, (node, builder, producer) => {
    const found = node.op === "ReduceSum" ? poolingGradient(producer(node.inputs[0]), producer) : undefined;
    const axes = builder.contents(node.inputs[1]);
    if (!found || !axes?.includes(2) || !axes.includes(3)) return undefined;
    const inputs = [found.upsampling.inputs[0]!, node.inputs[1]];
    return [builder.node("ReduceSum", inputs, node.outputs[0]!, node.attributes)];
  });
}

/** The name under which {@link nameBlocked} passes a gradient on; no operation of ONNX. */
export const POOL_GRADIENT = "engram.PoolGradient";

/** Writes gradients of 2x2 poolings over whole blocks of channels as one operation of `dy`, `x` and the pooled maxima. */
export function nameBlocked(graph: Graph, size: number): Graph {
  const uses = usesOf(graph);
  return rewrite(graph, (node, builder, producer) => {
    const found = poolingGradient(node, producer);
    const pooling = found && producer(found.pooled);
    if (!pooling || uses.get(node.inputs[0]!) !== 1 || found.x.shape[1]! % size !== 0) return undefined;
    if (!sameShape(intsOf(pooling, "kernel_shape") ?? [], [2, 2])) return undefined;
    const inputs = [found.upsampling.inputs[0]!, found.x, found.pooled];
    return [builder.node(POOL_GRADIENT, inputs, found.x)];
  });
}

/**
 * The gradient over blocks of channels. Which of two neighbours in a row is larger and which of two rows is decided one
 * after the other, and what one does not get the other gets: the first of equals in row-major order wins, and no mask has
 * to be made for the second. Blocked poolings pick columns and rows out, side by side on all threads.
 *
 * @param x shape `[batch, channels, height, width]`, its memory `[batch, blocks, height, width, size]`
 */
export function blockedPoolGradient(builder: Builder, dy: Value, x: Value, pooled: Value, size: number): Value {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const pick = (from: Value, window: readonly [number, number], strides: readonly [number, number]) => {
    const shape = [batch, channels, from.shape[2]! / strides[0], from.shape[3]! / strides[1]];
    const attributes = { kernel_shape: ints(window), strides: ints(strides) };
    return builder.node("MaxPool", [from], { dtype: x.dtype, shape }, attributes, NCHWC);
  };
  const wider = pick(x, [1, 2], [1, 2]);
  const left = pick(x, [1, 1], [1, 2]);
  const upper = pick(wider, [1, 1], [2, 1]);
  const rows = [batch * channels / size * height / 2, width / 2 * size];
  const byRow = share(builder, dy, upper, pooled).map((part) => builder.reshape(part, rows));
  const half = builder.reshape(builder.concat(byRow, 1), left.shape);
  const byColumn = share(builder, half, left, wider);
  const pairs = byColumn.map((part) => builder.reshape(part, [batch * channels / size * height * width / 2, size]));
  return builder.reshape(builder.concat(pairs, 1), x.shape);
}

/** `dy` to the first of two where it is the maximum, else to the second. */
function share(builder: Builder, dy: Value, first: Value, maximum: Value): [Value, Value] {
  const wins = builder.cast(builder.binary("Equal", first, maximum, "bool"), "float32");
  const own = builder.binary("Mul", dy, wins);
  return [own, builder.binary("Sub", dy, own)];
}
