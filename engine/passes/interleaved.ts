/**
 * @file Convolutions of tiny images with filters larger than the cache: several images side by side, so that a filter is
 * read once for all of their columns and not once an image. Columns of images take turns, and the filter is dilated by
 * their number.
 */

import { type Builder, ints } from "../builder.ts";
import { intsOf, type Node, type Value } from "../graph.ts";
import { sizeOf } from "../types.ts";
import { NCHWC } from "./nchwc.ts";
import { padRows } from "./runs.ts";

/** Images side by side. */
const IMAGES = 8;
/** Rows of at most this many pixels leave most of a kernel's registers unused. */
const SHORT_ROW = 4;
/** Numbers in a filter that does not stay in a core's cache: 2 MB. */
const LARGE_FILTER = 1 << 19;

/** Whether it pays: tiny images, large filters, neighbours that are read one by one. */
export function isInterleaved(node: Node): boolean {
  const [x, filter] = node.inputs as [Value, Value];
  return x.shape[0]! % IMAGES === 0 && x.shape[3]! <= SHORT_ROW && sizeOf(filter.shape) >= LARGE_FILTER &&
    filter.shape[3]! > 1 && (intsOf(node, "strides") ?? [1, 1]).every((stride) => stride === 1);
}

/**
 * A blocked convolution of images side by side.
 *
 * @param inputs the images and the filter in blocks, and perhaps a bias
 */
export function interleaved(node: Node, inputs: readonly Value[], size: number, builder: Builder): Value {
  const [x, filter] = inputs as [Value, Value];
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const [top, left, bottom, right] = intsOf(node, "pads") ?? [0, 0, 0, 0];
  const [down, across] = intsOf(node, "dilations") ?? [1, 1];
  const { dtype, shape } = node.outputs[0]!;
  const [, out, outHeight, outWidth] = shape as [number, number, number, number];
  const [groups, step] = [batch / IMAGES, IMAGES * size];
  const apart = builder.reshape(x, [groups, IMAGES, channels / size * height, width, size]);
  const rows = builder.reshape(builder.transpose(apart, [0, 2, 3, 1, 4]), [
    groups,
    channels / size * height,
    width * step,
  ]);
  const wide = padRows(rows, left! * step, right! * step, size, builder);
  const images = builder.reshape(wide, [groups, channels, height, (left! + width + right!) * IMAGES]);
  const result = builder.node("Conv", [images, ...inputs.slice(1)], {
    dtype,
    shape: [groups, out, outHeight, outWidth * IMAGES],
  }, {
    ...node.attributes,
    kernel_shape: ints(filter.shape.slice(2)),
    pads: ints([top!, 0, bottom!, 0]),
    dilations: ints([down!, across! * IMAGES]),
  }, NCHWC);
  const turns = builder.reshape(result, [groups, out / size * outHeight, outWidth, IMAGES, size]);
  return builder.reshape(builder.transpose(turns, [0, 3, 1, 2, 4]), shape);
}
