/**
 * @file Random crop with zero padding and random mirroring, inside the program: the padded images are one table with a
 * row a pixel, and a crop is a gather of rows. (He et al. 2016, arXiv 1512.03385, section 4.2: 4 pixels and a flip.)
 *
 * The index of pixel (y, x) of an image is `corner + y W + x`, or `corner + y W + (width - 1 - x)` mirrored, with W the
 * padded width: one addition over the pixels, all else over rows or columns.
 */
import type { RandomStream } from "../../../engine/random.ts";
import type { ImageShape, Tensor, Tf } from "../tensors.ts";
import type { AugmentSpec } from "./spec.ts";

/** Which crop of which image, and whether mirrored: one of each an image of a batch. */
export interface Views {
  /** Row, in the table of padded pixels, of the crop's first pixel. */
  readonly corner: Int32Array<ArrayBuffer>;
  /** 1 if mirrored, else 0. */
  readonly flip: Int32Array<ArrayBuffer>;
}

/** Images with zeros on all sides, `[images, height + 2 pad, width + 2 pad, channel]`. Without padding: as they are. */
export function pad(
  pixels: Uint8Array<ArrayBuffer>,
  { height, width, channels }: ImageShape,
  padding: number,
): Uint8Array<ArrayBuffer> {
  if (padding === 0) return pixels;
  const line = width * channels;
  const images = pixels.length / (height * line);
  const paddedLine = line + 2 * padding * channels;
  const padded = new Uint8Array(images * (height + 2 * padding) * paddedLine);
  for (let image = 0, from = 0; image < images; image++) {
    let to = (image * (height + 2 * padding) + padding) * paddedLine + padding * channels;
    for (let y = 0; y < height; y++, from += line, to += paddedLine) padded.set(pixels.subarray(from, from + line), to);
  }
  return padded;
}

/** Draws crops (uniform over the `(2 crop + 1)^2` places) and flips for images given by their rows. */
export function drawViews(
  stream: RandomStream,
  { crop, flip }: AugmentSpec,
  shape: ImageShape,
  images: Int32Array,
): Views {
  const [paddedHeight, paddedWidth] = [shape.height + 2 * crop, shape.width + 2 * crop];
  const n = images.length;
  const places = crop > 0 ? stream.integers(n, 0, (2 * crop + 1) ** 2) : new Int32Array(n);
  const flips = flip ? stream.integers(n, 0, 2) : new Int32Array(n);
  const corner = Int32Array.from(images, (image, i) => {
    const [dy, dx] = [Math.floor(places[i]! / (2 * crop + 1)), places[i]! % (2 * crop + 1)];
    return (image * paddedHeight + dy) * paddedWidth + dx;
  });
  return { corner, flip: Int32Array.from(flips) };
}

/**
 * Gathers crops from the table of pixels.
 *
 * @param table padded pixels `[pixels, channel]`
 * @param corner first pixel of each crop `[batch]`
 * @param flip 1 where mirrored `[batch]`, or undefined where nothing is
 * @returns pixels `[batch, height, width, channel]`
 */
export function gatherViews(
  tf: Tf,
  table: Tensor,
  corner: Tensor,
  flip: Tensor | undefined,
  { height, width }: ImageShape,
  padding: number,
): Tensor {
  const batch = corner.shape[0]!;
  const rows = tf.mul(tf.range(0, height, 1, "int32"), tf.scalar(width + 2 * padding, "int32"));
  const lines = tf.add(tf.reshape(corner, [batch, 1]), tf.reshape(rows, [1, height]));
  const columns = tf.reshape(tf.range(0, width, 1, "int32"), [1, width]);
  // width - 1 - 2 x: how far to the right a pixel's mirror image is.
  const reach = tf.sub(tf.scalar(width - 1, "int32"), tf.mul(columns, tf.scalar(2, "int32")));
  const places = flip === undefined ? columns : tf.add(columns, tf.mul(tf.reshape(flip, [batch, 1]), reach));
  const index = tf.add(tf.reshape(lines, [batch, height, 1]), tf.reshape(places, [places.shape[0]!, 1, width]));
  return tf.gather(table, index as never);
}
