/** @file load.npz: one's own data from NumPy arrays. */
import { z } from "zod";
import { stage } from "../../dsl/mod.ts";
import { Dataset } from "../artifacts/dataset.ts";
import { featureParams, imageShape } from "./feature_table.ts";
import { fromOneHot, toClasses, toIds, toSplits } from "./labels.ts";
import type { NpyArray } from "./npy_format.ts";
import { npzArrays } from "./npz_format.ts";
import { readOwn } from "./own_file.ts";
import { toPixels } from "./pixels.ts";
import { fromPool, type Pool } from "./pool.ts";

const key = z.string().min(1);
const params = z.object({
  path: z.string().min(1).describe("File that numpy.savez or numpy.savez_compressed wrote"),
  x: key.default("x").describe("Key of the features: examples first, then their axes"),
  y: key.default("y").describe("Key of the labels: n whole numbers, or n x classes one-hot"),
  testX: key.optional().describe("Key of the test features, where they have an array of their own"),
  testY: key.optional().describe("Key of the test labels"),
  split: key.optional().describe('Key of the splits: "train" or "test" of each example, or 0 or 1'),
  id: key.optional().describe("Key of the examples' ids; row numbers if left out"),
  group: key.optional().describe("Key of the examples' groups, strings"),
  ...featureParams,
}).refine(({ testX, testY }) => (testX === undefined) === (testY === undefined), {
  error: 'give both "testX" and "testY", or none',
}).refine(({ testX, split, id, group }) => testX === undefined || (split ?? id ?? group) === undefined, {
  error: '"testX" says which examples are for testing: leave out "split", "id" and "group"',
});

/**
 * A data set of one's own from an npz file. Features are `[n, features]`, `[n, height, width]` or
 * `[n, height, width, channel]` (or anything, with `shape`), of any type of numbers; labels count from `firstLabel` or are
 * one-hot rows, `[n, classes]`.
 *
 * Splits are those of key `split`, or two pairs of arrays (`x: "x_train", y: "y_train", testX: "x_test",
 * testY: "y_test"`), or, where the file has none, drawn by `train`, `test` and `pick`. Ids are row numbers, test arrays
 * following train arrays, or those of key `id`.
 *
 * A data set stores bytes. Whole numbers of 0-255 stay what they are; other features need `range: [low, high]` and
 * become `round(255 (v - low) / (high - low))`, in steps of `(high - low) / 255`.
 *
 * The contents of the file enter the cache key.
 *
 * @throws TypeError when it is no npz file of numbers. RangeError when it is damaged, lacks a key, or has shapes,
 * features, labels, ids or splits that cannot be: it says which, and where.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import * as load from "engram/stages/load/mod.ts";
 * const data = load.npz({ path: "mnist.npz", x: "x_train", y: "y_train", testX: "x_test", testY: "y_test" });
 * const floats = load.npz({ path: "embeddings.npz", range: [-4, 4], train: 5000, test: 1000, seed: 1 });
 * assert(data.stage.files !== undefined && floats.params.pick === "random");
 * ```
 */
export const npz = stage({
  name: "npz",
  doc: "Data of one's own, from NumPy arrays",
  inputs: {},
  params,
  output: Dataset,
  files: ({ path }) => [path],
  async run(_inputs, { path, ...p }) {
    const keys = [p.x, p.y, p.testX, p.testY, p.split, p.id, p.group].filter((name) => name !== undefined);
    const arrays = await npzArrays(await readOwn(path), [...new Set(keys)], path);
    const pool = poolOf(arrays, p.x, p.y, path, p);
    if (p.testX === undefined || p.testY === undefined) return fromPool(pool, p);
    return fromPool(joined(pool, poolOf(arrays, p.testX, p.testY, path, p)), p);
  },
});

type Options = Pick<z.output<typeof params>, "shape" | "range" | "firstLabel" | "split" | "id" | "group">;

function poolOf(arrays: ReadonlyMap<string, NpyArray>, x: string, y: string, path: string, options: Options): Pool {
  const features = arrays.get(x)!;
  const [n, ...own] = features.shape;
  const named = (key: string) => `"${key}" of "${path}"`;
  if (n === undefined) {
    throw new RangeError(`Cannot use ${named(x)}: it is a single number; its first axis is examples`);
  }
  const size = own.reduce((product, length) => product * length, 1);
  const at = (i: number) => `feature ${i % size} of row ${Math.floor(i / size)} in ${named(x)}`;
  const { split, id, group } = options;
  return {
    name: `"${path}"`,
    shape: imageShape(own, options.shape, named(x)),
    x: toPixels(numbersOf(features, named(x)), options.range, at),
    y: classesOf(arrays.get(y)!, options.firstLabel, named(y)),
    split: split === undefined ? undefined : toSplits(arrays.get(split)!.data, named(split)),
    id: id === undefined ? undefined : toIds(numbersOf(arrays.get(id)!, named(id)), named(id)),
    group: group === undefined ? undefined : Array.from(arrays.get(group)!.data, String),
  };
}

function numbersOf({ data }: NpyArray, name: string): ArrayLike<number> {
  if (typeof data[0] === "string") throw new TypeError(`Cannot use ${name}: it holds strings; save numbers`);
  return data as ArrayLike<number>;
}

function classesOf(array: NpyArray, first: number, name: string): Int32Array {
  const data = numbersOf(array, name);
  const [, classes = 1, ...more] = array.shape;
  if (more.length > 0) throw new RangeError(`Cannot use ${name} as labels: it is ${array.shape.join("x")}`);
  return classes === 1 ? toClasses(data, first, name, "firstLabel") : fromOneHot(data, classes, name);
}

function joined(train: Pool, test: Pool): Pool {
  if (train.shape.join() !== test.shape.join()) {
    const sizes = `${train.shape.join("x")} and ${test.shape.join("x")}`;
    throw new RangeError(`Cannot join train and test examples of ${train.name}: they are ${sizes}; make them alike`);
  }
  const x = new Uint8Array(train.x.length + test.x.length);
  x.set(train.x);
  x.set(test.x, train.x.length);
  return {
    name: train.name,
    shape: train.shape,
    x,
    y: Int32Array.from([...train.y, ...test.y]),
    split: [...new Array<string>(train.y.length).fill("train"), ...new Array<string>(test.y.length).fill("test")],
  };
}
