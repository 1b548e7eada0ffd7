/**
 * @file A convolution's gradient by its filter as a convolution over channels in blocks, with nothing copied per tap.
 *
 * The gradient is itself a convolution, in which images are the channels to sum over, the output's gradient is the filter
 * (as large as an image) and the results are the few taps. Blocked kernels are made for rows of many results: so pixels
 * and channels of a row of the input are one axis, along which the filter is dilated by the number of channels, and a row
 * of results is that of all columns of taps and all channels.
 */

import { type Builder, int, ints } from "../builder.ts";
import type { Value } from "../graph.ts";
import type { Windows } from "../windows.ts";
import { NCHWC } from "./nchwc.ts";
import { padRows, swapRuns } from "./runs.ts";

/**
 * Rows of results to hand out to threads, at least, counting 64 channels once: images are parted into groups until there
 * are as many. A fixed number, so that results do not depend on the number of threads.
 */
const SHARES = 12;

/** Results of all groups are few when the output's gradient has this many times as many numbers. */
const FEW = 8;

/** Whether a gradient can be computed so: images and output channels in whole blocks. */
export function isBlocked(w: Windows, size: number): boolean {
  return w.batchSize % size === 0 && w.outChannels % size === 0 && w.dilationWidth === 1 &&
    w.top < w.outHeight * w.strideHeight;
}

/**
 * `dw[i, j, c, o]`.
 *
 * @param x channels last, `[batch, height, width, channels]`
 * @param dy over blocks, declared `[batch, channels, height, width]`
 */
export function blockedFilterGradient(b: Builder, x: Value, dy: Value, w: Windows, size: number): Value {
  const { batchSize, inChannels, outChannels, outHeight, outWidth, filterHeight, filterWidth } = w;
  const groups = groupsOf(w, size);
  const imageBlocks = batchSize / size / groups;
  const filters = [groups * outChannels, batchSize / groups, outHeight, outWidth];
  const filter = b.reshape(imageBlocks === 1 ? swapped(b, dy, w, size) : turned(b, dy, w, size, groups), filters);
  const image = imagesInBlocks(b, x, w, size);
  const reach = (filterHeight - 1) * w.dilationHeight + (outHeight - 1) * w.strideHeight + 1;
  const columns = filterWidth * inChannels;
  const shape = [1, groups * outChannels, filterHeight, columns];
  const result = b.node("Conv", [image, filter], { dtype: "float32", shape }, {
    kernel_shape: ints([outHeight, outWidth]),
    strides: ints([w.dilationHeight, 1]),
    dilations: ints([w.strideHeight, w.strideWidth * inChannels]),
    pads: ints([w.top, 0, reach - w.top - image.shape[2]!, 0]),
    group: int(groups),
  }, NCHWC);
  const total = b.reduce("ReduceSum", b.reshape(result, [groups, outChannels, filterHeight, columns]), [0], true);
  const taps = [filterHeight, filterWidth, inChannels, outChannels];
  return b.reshape(swapRuns(total, [1, outChannels / size, filterHeight * columns], size, b), taps);
}

/** The gradient as a filter: blocks of outputs, blocks of images, pixels, the images and the outputs of a block. */
function turned(b: Builder, dy: Value, { batchSize, outChannels }: Windows, size: number, groups: number): Value {
  const pixels = dy.shape[2]! * dy.shape[3]!;
  const apart = [groups, batchSize / size / groups, size, outChannels / size, pixels, size];
  return b.transpose(b.reshape(dy, apart), [0, 3, 1, 4, 2, 5]);
}

/** The same where each block of images is a group: each is transposed by itself, on all threads. */
function swapped(b: Builder, dy: Value, { batchSize, outChannels }: Windows, size: number): Value {
  const runs = dy.shape[2]! * dy.shape[3]! * outChannels / size;
  return swapRuns(dy, [batchSize / size, size, runs], size, b);
}

function groupsOf(
  { batchSize, inChannels, outChannels, outHeight, outWidth, filterHeight, filterWidth }: Windows,
  size: number,
): number {
  const blocks = batchSize / size;
  // As many as there are blocks, where their results are few beside the gradient itself.
  if (filterHeight * filterWidth * inChannels * FEW <= size * outHeight * outWidth) return blocks;
  const shares = Math.ceil(outChannels / 64) * filterHeight;
  let groups = 1;
  while (groups * shares < SHARES && blocks % (2 * groups) === 0) groups *= 2;
  return groups;
}

/**
 * Images in blocks, each row's pixels and channels as one axis: `[1, batch, rows, columns channels]`. Columns are padded
 * or cut to what the windows read; rows only cut, since a convolution pads rows for nothing.
 */
function imagesInBlocks(b: Builder, x: Value, w: Windows, size: number): Value {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const reach = (size: number, stride: number, taps: number, dilation: number) =>
    (size - 1) * stride + (taps - 1) * dilation + 1;
  const below = reach(w.outHeight, w.strideHeight, w.filterHeight, w.dilationHeight) - height - w.top;
  const beside = reach(w.outWidth, w.strideWidth, w.filterWidth, 1) - width - w.left;
  const rows = height + Math.min(0, below);
  const read = b.slice(x, [1, 2], [0, 0], [rows, width + Math.min(0, beside)]);
  const flat = b.reshape(read, [batch, rows, read.shape[2]! * channels]);
  const wide = padRows(flat, w.left * channels, Math.max(0, beside) * channels, size, b);
  const blocks = b.reshape(wide, [batch / size, size, rows, wide.shape[2]!]);
  return b.reshape(b.node("ReorderInput", [blocks], blocks, {}, NCHWC), [1, batch, rows, wide.shape[2]!]);
}
