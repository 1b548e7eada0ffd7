/**
 * @file NumPy's array format. Source: NEP 1, "A Simple File Format for NumPy Arrays", and numpy.lib.format, versions 1.0
 * to 3.0. An npz file is a zip archive of such files.
 */

/** An array, row-major. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number> | readonly string[];
}

/** Byte 0x93 and "NUMPY". */
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Bytes of an element, and how one is read; `bool` is 0 and 1. */
const KINDS: Readonly<Record<string, readonly [number, (view: DataView, at: number, little: boolean) => number]>> = {
  b1: [1, (view, at) => view.getUint8(at)],
  u1: [1, (view, at) => view.getUint8(at)],
  i1: [1, (view, at) => view.getInt8(at)],
  u2: [2, (view, at, little) => view.getUint16(at, little)],
  i2: [2, (view, at, little) => view.getInt16(at, little)],
  u4: [4, (view, at, little) => view.getUint32(at, little)],
  i4: [4, (view, at, little) => view.getInt32(at, little)],
  u8: [8, (view, at, little) => Number(view.getBigUint64(at, little))],
  i8: [8, (view, at, little) => Number(view.getBigInt64(at, little))],
  f2: [2, (view, at, little) => view.getFloat16(at, little)],
  f4: [4, (view, at, little) => view.getFloat32(at, little)],
  f8: [8, (view, at, little) => view.getFloat64(at, little)],
};

/**
 * Reads an npy file of numbers or strings (`<U5`). Integers of 64 bits become the nearest numbers.
 *
 * @param name for messages.
 * @throws TypeError when it is no such file. RangeError when it is shorter or longer than its header says.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseNpy } from "engram/stages/load/npy_format.ts";
 * assert.throws(() => parseNpy(Uint8Array.of(1, 2, 3), "x.npy"), TypeError);
 * ```
 */
export function parseNpy(bytes: Uint8Array, name: string): NpyArray {
  const { descr, fortran, shape, from } = headerOf(bytes, name);
  const order = descr[0]!;
  const kind = descr.slice(1);
  const count = shape.reduce((product, length) => product * length, 1);
  const width = /^U\d+$/.test(kind) ? 4 * Number(kind.slice(1)) : KINDS[kind]?.[0];
  if (width === undefined || !"<>|=".includes(order)) {
    throw new TypeError(
      `Cannot read "${name}": its elements are of type "${descr}"; save numbers or strings by numpy.save`,
    );
  }
  const body = bytes.subarray(from);
  if (body.length !== count * width) {
    throw new RangeError(
      `Cannot read "${name}": it holds ${body.length} bytes, but its header says ${
        shape.join("x")
      } elements of ${width}; ` +
        `it is cut off or damaged`,
    );
  }
  const data = kind.startsWith("U") ? strings(body, count, width, order) : numbers(body, count, kind, order);
  if (!fortran || shape.length < 2) return { shape, data };
  const rowMajor = fromColumnMajor(shape);
  return {
    shape,
    data: typeof data[0] === "string"
      ? rowMajor.map((i) => data[i] as string)
      : gather(data as ArrayLike<number>, rowMajor),
  };
}

function headerOf(bytes: Uint8Array, name: string) {
  const latin1 = new TextDecoder("latin1");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const major = bytes[6];
  if (MAGIC.some((byte, i) => bytes[i] !== byte) || bytes.length < 12 || major === undefined || major > 3) {
    throw new TypeError(`Cannot read "${name}": it is not an npy file; save the array by numpy.save or numpy.savez`);
  }
  const [length, at] = major === 1 ? [view.getUint16(8, true), 10] : [view.getUint32(8, true), 12];
  const header = latin1.decode(bytes.subarray(at, at + length));
  const descr = /'descr':\s*'([^']+)'/.exec(header)?.[1];
  const fortran = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const shape = /'shape':\s*\(([\d, ]*)\)/.exec(header)?.[1];
  if (descr === undefined || fortran === undefined || shape === undefined) {
    throw new TypeError(
      `Cannot read "${name}": its header is "${header.trim()}"; structured arrays and objects are not read`,
    );
  }
  return {
    descr,
    fortran: fortran === "True",
    shape: shape.split(",").filter((part) => part.trim() !== "").map(Number),
    from: at + length,
  };
}

function numbers(body: Uint8Array, count: number, kind: string, order: string): ArrayLike<number> {
  if (kind === "u1" || kind === "b1") return body;
  const [width, read] = KINDS[kind]!;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const out = kind === "f4" ? new Float32Array(count) : new Float64Array(count);
  for (let i = 0; i < count; i++) out[i] = read(view, i * width, order !== ">");
  return out;
}

/** Code points of 32 bits, padded with zeros. */
function strings(body: Uint8Array, count: number, width: number, order: string): string[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  return Array.from({ length: count }, (_, i) => {
    const points = Array.from({ length: width / 4 }, (_, p) => view.getUint32(i * width + 4 * p, order !== ">"));
    return String.fromCodePoint(...points.filter((point) => point !== 0));
  });
}

/** For each element in row-major order, where it lies in column-major order. */
function fromColumnMajor(shape: readonly number[]): number[] {
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, length) => product * length, 1));
  let places = [0];
  shape.forEach((length, axis) => {
    places = places.flatMap((place) => Array.from({ length }, (_, i) => place + i * strides[axis]!));
  });
  return places;
}

function gather(data: ArrayLike<number>, places: readonly number[]): ArrayLike<number> {
  const out = data instanceof Uint8Array ? new Uint8Array(data.length) : new Float64Array(data.length);
  places.forEach((place, i) => out[i] = data[place]!);
  return out;
}
