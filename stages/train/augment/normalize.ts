/** @file Normalization of pixels per channel: `x = pixel scale + shift`. */
import type { ImageShape, Tensor, Tf } from "../tensors.ts";
import type { NormalizeSpec } from "./spec.ts";

/** What a network's inputs are made by: one scale and shift a channel. */
export interface Normalization {
  readonly scale: number[];
  readonly shift: number[];
}

/**
 * One number a pixel and channel rather than a channel: programs multiply whole images by it, for a native broadcast
 * over a last axis of 1 or 3 costs fifty times as much.
 */
export function perPixel(perChannel: readonly number[], rowSize: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: rowSize }, (_, i) => perChannel[i % perChannel.length]!);
}

/**
 * The shape of scale and shift where a program takes few images at a time, whose normalization then counts: one number
 * for images of one channel, which bytes are converted and scaled by at once, else as `perPixel()` has them.
 */
export function scaleShape({ height, width, channels }: ImageShape): readonly number[] {
  return channels === 1 ? [] : [height * width * channels];
}

/**
 * Normalized images as a network takes them, inside a program.
 *
 * @param pixels bytes, `[batch, …]`
 * @param scale as `perPixel()` makes it or of `scaleShape()`, and so `shift`
 * @returns `[batch, height, width, channel]`
 */
export function normalize(tf: Tf, pixels: Tensor, scale: Tensor, shift: Tensor, shape: ImageShape): Tensor {
  const batch = pixels.shape[0]!;
  const flat = tf.cast(tf.reshape(pixels, [batch, shape.height * shape.width * shape.channels]), "float32");
  return tf.reshape(tf.add(tf.mul(flat, scale), shift), [batch, shape.height, shape.width, shape.channels]);
}

/**
 * Scale and shift for pixels of 0-255, so that `pixel scale + shift = (pixel / 255 - mean) / std`.
 *
 * @param pixels all images, row-major, channel last
 * @param members rows to measure on; a channel that is constant over them gets standard deviation 1
 * @throws RangeError when a given mean or std does not have one number a channel
 */
export function normalization(
  spec: NormalizeSpec,
  pixels: Uint8Array,
  rowSize: number,
  channels: number,
  members: Int32Array,
): Normalization {
  const { mean, std } = spec === "unit"
    ? { mean: Array<number>(channels).fill(0), std: Array<number>(channels).fill(1) }
    : spec === "members"
    ? measure(pixels, rowSize, channels, members)
    : spec;
  if (mean.length !== channels || std.length !== channels) {
    throw new RangeError(
      `Cannot normalize images of ${channels} channels by ${mean.length} means and ${std.length} deviations; ` +
        `give "normalize" one of each a channel`,
    );
  }
  return { scale: std.map((s) => 1 / (255 * s)), shift: mean.map((m, c) => -m / std[c]!) };
}

/** Integer sums, so that the result does not depend on the order of the members. */
function measure(pixels: Uint8Array, rowSize: number, channels: number, members: Int32Array) {
  const counts = new Float64Array(channels * 256);
  for (const row of members) {
    const end = (row + 1) * rowSize;
    for (let i = row * rowSize, c = 0; i < end; i++) {
      counts[c * 256 + pixels[i]!]!++;
      if (++c === channels) c = 0;
    }
  }
  const n = members.length * rowSize / channels;
  const mean: number[] = [], std: number[] = [];
  for (let c = 0; c < channels; c++) {
    let sum = 0, squares = 0;
    for (let value = 0; value < 256; value++) {
      const count = counts[c * 256 + value]!;
      sum += count * value;
      squares += count * value * value;
    }
    const variance = squares / n - (sum / n) ** 2;
    mean.push(sum / n / 255);
    std.push(variance > 1e-6 ? Math.sqrt(variance) / 255 : 1);
  }
  return { mean, std };
}
