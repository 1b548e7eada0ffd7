/** @file Between channels first and onnxruntime's blocks of channels (NCHWc): the operations, and seeing through them. */

import { type Builder, int } from "../builder.ts";
import { intOf, intsOf, sameShape, type Value } from "../graph.ts";
import { NCHWC } from "./nchwc.ts";
import type { Producer } from "./rewrite.ts";
import { swapRuns } from "./runs.ts";

/** The blocks that a value was turned out of, if it was. Blocks are declared `[batch, channels, height, width]`. */
export function blocksOf(value: Value | undefined, producer: Producer): Value | undefined {
  const maker = producer(value);
  return maker?.op === "ReorderOutput" && intOf(maker, "channels_last", 0) === 0 ? maker.inputs[0] : undefined;
}

/** An image of whole blocks of channels, in blocks. */
export function toBlocks(x: Value, builder: Builder, producer: Producer): Value {
  return blocksOf(x, producer) ?? builder.node("ReorderInput", [x], x, {}, NCHWC);
}

/** Blocks as channels first. Costs nothing where all readers take the blocks: then it is dead. */
export function fromBlocks(x: Value, builder: Builder): Value {
  return builder.node("ReorderOutput", [x], x, { channels: int(x.shape[1]!) }, NCHWC);
}

/** Blocks as channels last, of `shape`. */
export function lastFromBlocks(x: Value, shape: readonly number[], size: number, builder: Builder): Value {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  return builder.reshape(swapRuns(x, [batch, channels / size, height * width], size, builder), shape);
}

/** An image of channels first as channels last: by way of blocks, which others read too, where it has whole ones. */
export function channelsLast(x: Value, size: number, builder: Builder, producer: Producer): Value {
  const turned = producer(x);
  if (turned?.op === "Transpose" && sameShape(intsOf(turned, "perm")!, [0, 3, 1, 2])) return turned.inputs[0]!;
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  if (channels % size !== 0) return builder.transpose(x, [0, 2, 3, 1]);
  return lastFromBlocks(toBlocks(x, builder, producer), [batch, height, width, channels], size, builder);
}
