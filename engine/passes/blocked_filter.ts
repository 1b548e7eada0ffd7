/** @file Filters in the order in which onnxruntime's blocked convolutions read them. */

import type { Builder } from "../builder.ts";
import { intsOf, sameShape, type Value } from "../graph.ts";
import { NCHWC } from "./nchwc.ts";
import type { Producer } from "./rewrite.ts";

/** The filter as blocks of output channels, each of blocks of input channels where those fill blocks. */
export function blockFilter(filter: Value, size: number, builder: Builder, producer: Producer): Value {
  const [out, channels, height, width] = filter.shape as [number, number, number, number];
  const whole = channels % size === 0;
  const turned = producer(filter);
  if (whole && turned?.op === "Transpose" && sameShape(intsOf(turned, "perm")!, [2, 3, 0, 1])) {
    return builder.reshape(turnBlocks(turned.inputs[0]!, size, builder), filter.shape);
  }
  const inner = whole ? [channels / size, size] : [channels, 1];
  const apart = builder.reshape(filter, [out / size, size, ...inner, height, width]);
  return builder.reshape(builder.transpose(apart, [0, 2, 4, 5, 3, 1]), filter.shape);
}

/**
 * An input gradient's filter, `[height, width, out, in]`, whose blocks have the channels the other way round: they are
 * moved as they are, then turned by the reordering that turns images. A transpose of it all takes five times as long.
 */
function turnBlocks(filter: Value, size: number, builder: Builder): Value {
  const [height, width, out, channels] = filter.shape as [number, number, number, number];
  const apart = builder.reshape(filter, [height * width, out / size, size, channels / size, size]);
  const moved = builder.transpose(apart, [1, 3, 0, 2, 4]);
  const blocks = builder.reshape(moved, [height * width * out * channels / size / size, size, 1, size]);
  return builder.node("ReorderInput", [blocks], blocks, {}, NCHWC);
}
