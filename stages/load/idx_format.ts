/**
 * @file The IDX format of MNIST: two zero bytes, an element type, the number of axes, each axis's length as a
 * big-endian 32-bit integer, then the elements, row-major. Source: LeCun's MNIST page, "File formats".
 */
import type { Images } from "./images.ts";

const UNSIGNED_BYTE = 0x08;

/** An array of unsigned bytes. */
export interface ByteArray {
  readonly shape: readonly number[];
  /** A view into the file's bytes. */
  readonly data: Uint8Array;
}

/**
 * Reads an IDX file of unsigned bytes.
 *
 * @param name for messages.
 * @throws TypeError when it is no such file. RangeError when it is shorter or longer than its header says.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseIdx } from "engram/stages/load/idx_format.ts";
 * const labels = parseIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9), "labels");
 * assert(labels.shape.join() === "2" && labels.data[1] === 9);
 * ```
 */
export function parseIdx(bytes: Uint8Array, name: string): ByteArray {
  const [zero, alsoZero, type, axes] = bytes;
  if (zero !== 0 || alsoZero !== 0 || axes === undefined || axes === 0 || bytes.length < 4 + 4 * axes) {
    throw new TypeError(`Cannot read "${name}": it is not an IDX file; export images and labels as unsigned bytes`);
  }
  if (type !== UNSIGNED_BYTE) {
    const found = `0x${type!.toString(16).padStart(2, "0")}`;
    throw new TypeError(`Cannot read "${name}": its element type is ${found}; only 0x08, unsigned byte, is read`);
  }
  const header = new DataView(bytes.buffer, bytes.byteOffset);
  const shape = Array.from({ length: axes }, (_, axis) => header.getUint32(4 + 4 * axis));
  const data = bytes.subarray(4 + 4 * axes);
  const expected = shape.reduce((product, length) => product * length, 1);
  if (data.length !== expected) {
    const found = `it holds ${data.length} elements, but its header says ${shape.join("x")} = ${expected}`;
    throw new RangeError(`Cannot read "${name}": ${found}; it is cut off or damaged`);
  }
  return { shape, data };
}

/**
 * Labelled images of a pair of IDX files: images `[n, height, width]` or `[n, height, width, channel]`, labels `[n]`.
 *
 * @throws RangeError when the shapes do not fit.
 */
export function idxImages(images: ByteArray, labels: ByteArray, names: readonly [string, string]): Images {
  const [count, height, width, channels = 1] = images.shape;
  if (images.shape.length < 3 || images.shape.length > 4) {
    const found = `it has shape ${images.shape.join("x")}`;
    throw new RangeError(`Cannot read "${names[0]}" as images: ${found}; it takes count x height x width [x channel]`);
  }
  if (labels.shape.length !== 1 || labels.shape[0] !== count) {
    const found = `they have shape ${labels.shape.join("x")}, the images in "${names[0]}" are ${count}`;
    throw new RangeError(`Cannot read "${names[1]}" as labels: ${found}; give one label for each image`);
  }
  const size = height! * width! * channels;
  return {
    shape: [height!, width!, channels],
    labels: labels.data,
    copy: (index, target, offset) => target.set(images.data.subarray(index * size, (index + 1) * size), offset),
  };
}
