/**
 * @file The binary layout of CIFAR-10 and CIFAR-100: records of label bytes and 3072 pixel bytes, `[channel, row,
 * column]`. CIFAR-10 has one label, CIFAR-100 a coarse and a fine one. Source: the data sets' page, "Binary version".
 */
import type { Images } from "./images.ts";

const SIDE = 32;
const PLANE = SIDE * SIDE;
const CHANNELS = 3;
/** Bytes of one record of CIFAR-10. */
export const RECORD_BYTES = 1 + CHANNELS * PLANE;
/** Bytes of one record of CIFAR-100. */
export const RECORD_BYTES_100 = 2 + CHANNELS * PLANE;

/** Labels of a record: how many there are, and which of them to take. */
export interface RecordLabels {
  readonly count: number;
  readonly take: number;
}

/** Images in batch files, one after another. */
export function cifarImages(
  batches: readonly Uint8Array[],
  { count, take }: RecordLabels = { count: 1, take: 0 },
): Images {
  const recordBytes = count + CHANNELS * PLANE;
  const counts = batches.map((batch) => batch.length / recordBytes);
  const perBatch = counts[0]!;
  const labels = new Uint8Array(counts.reduce((sum, count) => sum + count, 0));
  batches.forEach((batch, b) => {
    for (let i = 0; i < counts[b]!; i++) labels[b * perBatch + i] = batch[i * recordBytes + take]!;
  });
  return {
    shape: [SIDE, SIDE, CHANNELS],
    labels,
    copy(index, target, offset) {
      const batch = batches[Math.floor(index / perBatch)]!;
      const red = (index % perBatch) * recordBytes + count;
      for (let pixel = red, out = offset; pixel < red + PLANE; pixel++, out += CHANNELS) {
        target[out] = batch[pixel]!;
        target[out + 1] = batch[pixel + PLANE]!;
        target[out + 2] = batch[pixel + 2 * PLANE]!;
      }
    },
  };
}

/**
 * A batch file made of an image sheet, 1024 pixels wide, that holds one CIFAR image a row.
 *
 * @param rgb the sheet's pixels, `[image, pixel, channel]`.
 * @param labels the class of each image.
 * @throws RangeError when the sheet does not hold as many images as there are labels.
 */
export function batchFromSheet(rgb: Uint8Array, labels: ArrayLike<number>): Uint8Array {
  if (rgb.length !== labels.length * CHANNELS * PLANE) {
    throw new RangeError(`Cannot read an image sheet of ${rgb.length} bytes as ${labels.length} images of 32x32x3`);
  }
  const batch = new Uint8Array(labels.length * RECORD_BYTES);
  for (let image = 0; image < labels.length; image++) {
    const record = image * RECORD_BYTES;
    batch[record] = labels[image]!;
    const red = record + 1;
    for (let pixel = 0, at = image * PLANE * CHANNELS; pixel < PLANE; pixel++, at += CHANNELS) {
      batch[red + pixel] = rgb[at]!;
      batch[red + PLANE + pixel] = rgb[at + 1]!;
      batch[red + 2 * PLANE + pixel] = rgb[at + 2]!;
    }
  }
  return batch;
}
