/** @file Data sets of bits with labels, as text or as npz: what load.purchase100 and load.texas100 share. */
import { fromOneHot, toClasses } from "./labels.ts";
import type { NpyArray } from "./npy_format.ts";
import { npzArrays } from "./npz_format.ts";
import { toPixels } from "./pixels.ts";
import type { Pool } from "./pool.ts";

/** Both sets have so many classes. */
const CLASSES = 100;

/**
 * Examples of an npz file with arrays `features`, n x columns of 0 and 1, and `labels`, n x 100 one-hot or n classes from 0 on.
 *
 * @throws TypeError, RangeError when it has other arrays or numbers.
 */
export async function poolFromNpz(bytes: Uint8Array, name: string): Promise<Pool> {
  const arrays = await npzArrays(bytes, ["features", "labels"], name);
  const [features, labels] = [arrays.get("features")!, arrays.get("labels")!];
  const [rows = 0, columns = 0] = features.shape;
  if (features.shape.length !== 2 || typeof features.data[0] === "string") {
    throw new RangeError(
      `Cannot use "features" of "${name}": it is ${features.shape.join("x")}; it takes rows of bits`,
    );
  }
  const at = (i: number) => `feature ${i % columns} of row ${Math.floor(i / columns)} of "${name}"`;
  const x = toPixels(features.data as ArrayLike<number>, [0, 1], at);
  const between = x.findIndex((pixel) => pixel !== 0 && pixel !== 255);
  if (between >= 0) throw new RangeError(`Cannot use ${at(between)}: it is ${features.data[between]}, not 0 or 1`);
  return { ...bitPool(rows, columns, x, labelsOf(labels, name), name) };
}

function labelsOf({ shape, data }: NpyArray, name: string): Int32Array {
  const what = `"labels" of "${name}"`;
  const isOneHot = shape.length === 2 && shape[1] !== 1;
  if (typeof data[0] === "string" || shape.length > 2 || (isOneHot && shape[1] !== CLASSES)) {
    throw new RangeError(
      `Cannot use ${what}: it is ${shape.join("x")}; it takes n classes, or n x ${CLASSES} one-hot rows`,
    );
  }
  return isOneHot
    ? fromOneHot(data as ArrayLike<number>, CLASSES, what)
    : toClasses(data as ArrayLike<number>, 0, what);
}

/**
 * Examples of bits.
 *
 * @param y classes from 0 on.
 * @throws RangeError when there is none, or a class is not below 100.
 */
export function bitPool(rows: number, columns: number, pixels: Uint8Array, y: Int32Array, name: string): Pool {
  if (rows === 0 || columns === 0) {
    throw new RangeError(`Cannot use "${name}": it has ${rows} rows of ${columns} features; give the whole file`);
  }
  const bad = y.findIndex((label) => label >= CLASSES);
  if (bad >= 0) {
    throw new RangeError(`Cannot use "${name}": row ${bad + 1} is of class ${y[bad]}, counted from 0, of ${CLASSES}`);
  }
  return { name: `"${name}"`, shape: [1, columns, 1], x: pixels, y };
}
