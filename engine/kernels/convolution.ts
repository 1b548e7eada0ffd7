/**
 * @file Convolution and its two gradients, lowered to what measured fastest on one core (docs/decisions/0003).
 *
 * Forward and input gradient are native convolutions, the latter with the filter flipped and its channels swapped.
 * The filter's gradient is one matrix product an image: the input, padded and flattened to rows of pixels, is copied
 * once per filter tap at that tap's offset (a long contiguous run each, since the gradient is padded to the same row
 * length), which gives a `[taps * C, pixels]` matrix to multiply with the `[O, pixels]` output gradient.
 */

import * as tf from "@tensorflow/tfjs-core";
import { type Builder, ints } from "../builder.ts";
import type { Value } from "../graph.ts";
import { extents, toChannelsFirst, toChannelsLast } from "./layout.ts";
import { rule } from "./rule.ts";

type Geometry = tf.backend_util.Conv2DInfo;
type Window = Pick<tf.Conv2DAttrs, "strides" | "pad" | "dataFormat" | "dimRoundingMode"> & Partial<tf.Conv2DAttrs>;

function geometry(x: readonly number[], filter: readonly number[], a: Window): Geometry {
  if (a.dataFormat !== "NHWC") throw new RangeError(`A compiled conv2d takes dataFormat "NHWC", not "${a.dataFormat}"`);
  const info = tf.backend_util.computeConv2DInfo(
    x as [number, number, number, number],
    filter as [number, number, number, number],
    a.strides,
    a.dilations ?? 1,
    a.pad,
    a.dimRoundingMode,
  );
  if (info.inChannels !== filter[2]) {
    throw new RangeError(`A conv2d over ${info.inChannels} channels needs a filter of as many, not ${filter[2]}`);
  }
  return info;
}

function pads({ padInfo: p }: Geometry): number[] {
  return [p.top, p.left, p.bottom, p.right];
}

function convolve(b: Builder, x: Value, filter: Value, info: Geometry): Value {
  const shape = [info.batchSize, info.outChannels, info.outHeight, info.outWidth];
  const attributes = {
    pads: ints(pads(info)),
    strides: ints([info.strideHeight, info.strideWidth]),
    dilations: ints([info.dilationHeight, info.dilationWidth]),
  };
  return b.node("Conv", [x, b.transpose(filter, [3, 2, 0, 1])], { dtype: "float32", shape }, attributes);
}

/** `dx`: a convolution of `dy` with the flipped filter, or its strided counterpart. */
function inputGradient(b: Builder, dy: Value, filter: Value, info: Geometry): Value {
  const { top, left, bottom, right } = info.padInfo;
  const { filterHeight: kh, filterWidth: kw, dilationHeight: dh, dilationWidth: dw } = info;
  const { strideHeight: sh, strideWidth: sw } = info;
  const reach = [dh * (kh - 1), dw * (kw - 1)] as const;
  const shape = [info.batchSize, info.inChannels, info.inHeight, info.inWidth];
  const dilations = ints([dh, dw]);
  const margins = [reach[0] - top, reach[1] - left, reach[0] - bottom, reach[1] - right];
  if (sh === 1 && sw === 1 && margins.every((margin) => margin >= 0)) {
    const flipped = b.slice(filter, [0, 1], [kh - 1, kw - 1], [-1, -1], [-1, -1]);
    return b.node("Conv", [dy, b.transpose(flipped, [2, 3, 0, 1])], { dtype: "float32", shape }, {
      pads: ints(margins),
      dilations,
    });
  }
  // Rows of the input that no window reached get no gradient: the stride's remainder.
  const rest = [
    info.inHeight - (sh * (info.outHeight - 1) + reach[0] + 1 - top - bottom),
    info.inWidth - (sw * (info.outWidth - 1) + reach[1] + 1 - left - right),
  ];
  return b.node("ConvTranspose", [dy, b.transpose(filter, [3, 2, 0, 1])], { dtype: "float32", shape }, {
    pads: ints(pads(info)),
    strides: ints([sh, sw]),
    dilations,
    output_padding: ints(rest),
  });
}

/**
 * The padded input as rows of pixels, one plane for each position inside a stride: `[B, sh * sw * C, rows * width]`,
 * and the offset in a plane of each filter tap.
 */
function patches(b: Builder, x: Value, info: Geometry, width: number): Value {
  const [batch, channels, height, columns] = extents(x);
  const { strideHeight: sh, strideWidth: sw, dilationHeight: dh, dilationWidth: dw } = info;
  const { filterHeight: kh, filterWidth: kw, outHeight } = info;
  const length = outHeight * width;
  // The last tap reads past the last row by up to one row: one row more.
  const rows = outHeight + Math.floor((kh - 1) * dh / sh) + 1;
  const { top, left } = info.padInfo;
  const below = rows * sh - height - top;
  const beside = width * sw - columns - left;
  const fitted = b.slice(x, [2, 3], [0, 0], [height + Math.min(0, below), columns + Math.min(0, beside)]);
  const padded = b.pad(fitted, [0, 0, top, left], [0, 0, Math.max(0, below), Math.max(0, beside)]);
  const phases = sh === 1 && sw === 1 ? b.reshape(padded, [1, 1, batch, channels, rows * width]) : b.reshape(
    b.transpose(b.reshape(padded, [batch, channels, rows, sh, width, sw]), [3, 5, 0, 1, 2, 4]),
    [sh, sw, batch, channels, rows * width],
  );
  const taps: Value[] = [];
  for (let i = 0; i < kh; i++) {
    for (let j = 0; j < kw; j++) {
      const [row, column] = [i * dh, j * dw];
      const start = Math.floor(row / sh) * width + Math.floor(column / sw);
      const [p, q] = [row % sh, column % sw];
      const tap = b.slice(phases, [0, 1, 4], [p, q, start], [p + 1, q + 1, start + length]);
      taps.push(b.reshape(tap, [batch, channels, length]));
    }
  }
  return b.concat(taps, 1);
}

/** `dw[i, j, c, o]`: the sum over images and pixels of the input under tap (i, j) times the output's gradient. */
function filterGradient(b: Builder, x: Value, dy: Value, info: Geometry): Value {
  const { strideWidth: sw, dilationWidth: dw, filterHeight: kh, filterWidth: kw, outHeight, outWidth } = info;
  const width = outWidth + Math.floor((kw - 1) * dw / sw);
  const length = outHeight * width;
  const rows = b.pad(dy, [0, 0, 0, 0], [0, 0, 0, width - outWidth]);
  const flat = b.reshape(rows, [info.batchSize, info.outChannels, length]);
  const products = b.matmul(patches(b, x, info, width), flat, false, true);
  const total = b.reduce("ReduceSum", products, [0]);
  return b.reshape(total, [kh, kw, info.inChannels, info.outChannels]);
}

export const convolution = {
  Conv2D: rule<tf.Conv2DInputs, tf.Conv2DAttrs>((b, { x, filter }, a) => {
    const info = geometry(x.shape, filter.shape, a);
    return toChannelsLast(b, convolve(b, toChannelsFirst(b, x), filter, info));
  }),
  Conv2DBackpropInput: rule<tf.Conv2DBackpropInputInputs, tf.Conv2DBackpropInputAttrs>((b, { dy, filter }, a) => {
    const info = geometry(a.inputShape, filter.shape, a);
    return toChannelsLast(b, inputGradient(b, toChannelsFirst(b, dy), filter, info));
  }),
  Conv2DBackpropFilter: rule<tf.Conv2DBackpropFilterInputs, tf.Conv2DBackpropFilterAttrs>((b, { x, dy }, a) => {
    const info = geometry(x.shape, a.filterShape, a);
    return filterGradient(b, toChannelsFirst(b, x), toChannelsFirst(b, dy), info);
  }),
};
