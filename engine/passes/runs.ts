/**
 * @file Moving runs of as many numbers as a block has: transposed, and with zeros beside them. onnxruntime's `Transpose`
 * and `Pad`, and the reordering of blocks to channels last, work on one thread; operations on blocks work on all.
 */

import { type Builder, int, ints } from "../builder.ts";
import type { Value } from "../graph.ts";
import { NCHWC } from "./nchwc.ts";

/**
 * `[batch, rows, columns, size]` as `[batch, columns, rows, size]`, whatever shape `x` is declared with: what the
 * reordering of channels last to blocks does, with rows for pixels and columns for blocks of channels.
 */
export function swapRuns(
  x: Value,
  [batch, rows, columns]: readonly [number, number, number],
  size: number,
  builder: Builder,
): Value {
  const shape = [batch, columns, rows, size];
  if (rows === 1 || columns === 1) return builder.reshape(x, shape);
  const pixels = builder.reshape(x, [batch, rows, 1, columns * size]);
  return builder.node("ReorderInput", [pixels], { dtype: x.dtype, shape }, { channels_last: int(1) }, NCHWC);
}

/**
 * `[batch, rows, columns]` with zeros before and after each row. In whole runs it is a blocked convolution of one tap that
 * copies, and pads for nothing.
 */
export function padRows(x: Value, before: number, after: number, size: number, builder: Builder): Value {
  const [batch, rows, columns] = x.shape as [number, number, number];
  if (before === 0 && after === 0) return x;
  if ([before, after, columns].some((extent) => extent % size !== 0)) {
    return builder.pad(x, [0, 0, before], [0, 0, after]);
  }
  const shape = [batch, size, rows, (before + columns + after) / size];
  const runs = builder.reshape(x, [batch, size, rows, columns / size]);
  const copy = builder.constant(new Float32Array(size).fill(1), "float32", [size, 1, 1, 1]);
  const padded = builder.node("Conv", [runs, copy], { dtype: x.dtype, shape }, {
    kernel_shape: ints([1, 1]),
    pads: ints([0, before / size, 0, after / size]),
    group: int(size),
  }, NCHWC);
  return builder.reshape(padded, [batch, rows, before + columns + after]);
}
