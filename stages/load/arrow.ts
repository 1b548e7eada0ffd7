/** @file load.arrow: one's own data from an Arrow file, such as pyarrow, polars or this library itself write. */
import type { Table, Vector } from "apache-arrow";
import { z } from "zod";
import { didYouMean, stage } from "../../dsl/mod.ts";
import { Dataset } from "../artifacts/dataset.ts";
import { featureParams, imageShape } from "./feature_table.ts";
import { toClasses, toIds, toSplits } from "./labels.ts";
import { readOwn } from "./own_file.ts";
import { toPixels } from "./pixels.ts";
import { fromPool } from "./pool.ts";

const column = z.string().min(1);
const params = z.object({
  path: z.string().min(1).describe("Arrow IPC file or stream (Feather version 2), without compression"),
  x: z.union([column, z.array(column).min(1)]).default("x").describe(
    "Column of the features, lists of numbers of one length; or columns of one number each",
  ),
  y: column.default("y").describe("Column of the labels, whole numbers"),
  split: column.optional().describe('Column of the splits: "train" or "test", or 0 or 1'),
  id: column.optional().describe("Column of the examples' ids; row numbers if left out"),
  group: column.optional().describe("Column of the examples' groups, strings"),
  ...featureParams,
});

/**
 * A data set of one's own from an Arrow file. Features are one column of (nested) lists, or several columns of numbers,
 * of any type of numbers. Nested lists `[height][width][channel]` of fixed size say the examples' shape, and so do
 * tensors in files of this library; otherwise an example is a vector `[1, features, 1]`, or has `shape`.
 *
 * Labels count from `firstLabel`. Splits are those of column `split`, or are drawn by `train`, `test` and `pick`. Ids are
 * row numbers, or those of column `id`.
 *
 * A data set stores bytes. Whole numbers of 0-255 stay what they are; other features need `range: [low, high]` and
 * become `round(255 (v - low) / (high - low))`, in steps of `(high - low) / 255`.
 *
 * The contents of the file enter the cache key.
 *
 * @throws TypeError when it is no Arrow file. RangeError when it lacks a column, or has nulls, lists of different
 * lengths, or features, labels, ids or splits that cannot be: it says which, and where.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import * as load from "engram/stages/load/mod.ts";
 * const data = load.arrow({ path: "images.arrow", x: "pixels", y: "label", split: "split", shape: [28, 28, 1] });
 * assert(data.stage.files !== undefined);
 * ```
 */
export const arrow = stage({
  name: "arrow",
  doc: "Data of one's own, from an Arrow file",
  inputs: {},
  params,
  output: Dataset,
  files: ({ path }) => [path],
  async run(_inputs, { path, ...p }) {
    const table = await read(await readOwn(path), path);
    const [x, own] = typeof p.x === "string"
      ? featuresOfLists(table, p.x, path)
      : [featuresOfColumns(table, p.x, path), [p.x.length]];
    const size = own.reduce((product, length) => product * length, 1);
    const at = (i: number) => `feature ${i % size} of row ${Math.floor(i / size)} of "${path}"`;
    const named = (name: string) => `column "${name}" of "${path}"`;
    return fromPool({
      name: `"${path}"`,
      shape: imageShape(own, p.shape, `"${path}"`),
      x: toPixels(x, p.range, at),
      y: toClasses(numbersOf(vectorOf(table, p.y, path)), p.firstLabel, named(p.y), "firstLabel"),
      split: p.split === undefined ? undefined : toSplits(valuesOf(vectorOf(table, p.split, path)), named(p.split)),
      id: p.id === undefined ? undefined : toIds(numbersOf(vectorOf(table, p.id, path)), named(p.id)),
      group: p.group === undefined ? undefined : valuesOf(vectorOf(table, p.group, path)).map(String),
    }, p);
  },
});

async function read(bytes: Uint8Array, path: string): Promise<Table> {
  const { tableFromIPC } = await import("apache-arrow");
  const says = `Cannot read "${path}" as Arrow`;
  const remedy = "write it as an IPC file or stream, without compression";
  let table: Table;
  try {
    table = tableFromIPC(bytes);
  } catch (cause) {
    throw new TypeError(`${says}: ${(cause as Error).message}; ${remedy}`, { cause });
  }
  // What is something else is taken for a table without columns.
  if (table.numCols === 0) throw new TypeError(`${says}: it has no columns; ${remedy}`);
  return table;
}

function vectorOf(table: Table, name: string, path: string): Vector {
  const vector = table.getChild(name);
  if (vector === null) {
    const names = table.schema.fields.map((field) => field.name);
    throw new RangeError(`Cannot find column "${name}" in "${path}"; ${didYouMean(name, names)}`);
  }
  if (vector.nullCount > 0) {
    throw new RangeError(`Cannot use column "${name}" of "${path}": it has ${vector.nullCount} nulls; fill them in`);
  }
  return vector;
}

/** Integers of 64 bits become the nearest numbers; null, inside lists, becomes NaN, which no check lets pass. */
function numberOf(value: unknown): number {
  return typeof value === "number" || typeof value === "bigint" || typeof value === "boolean" ? Number(value) : NaN;
}

function numbersOf(vector: Vector): Float64Array {
  return Float64Array.from({ length: vector.length }, (_, row) => numberOf(vector.get(row)));
}

function valuesOf(vector: Vector): (string | number)[] {
  return Array.from({ length: vector.length }, (_, row) => {
    const value: unknown = vector.get(row);
    return typeof value === "string" ? value : numberOf(value);
  });
}

function featuresOfColumns(table: Table, names: readonly string[], path: string): Float64Array {
  const columns = names.map((name) => numbersOf(vectorOf(table, name, path)));
  const x = new Float64Array(table.numRows * names.length);
  columns.forEach((values, c) => values.forEach((value, row) => x[row * names.length + c] = value));
  return x;
}

function featuresOfLists(table: Table, name: string, path: string): readonly [ArrayLike<number>, readonly number[]] {
  const vector = vectorOf(table, name, path);
  const says = `Cannot use column "${name}" of "${path}"`;
  const shape = shapeOf(vector.get(0));
  const size = shape.reduce((product, length) => product * length, 1);
  const x = new Float64Array(vector.length * size);
  for (let row = 0; row < vector.length; row++) {
    const value: unknown = vector.get(row);
    const end = fill(value, x, row * size, (row + 1) * size);
    if (shapeOf(value).join() !== shape.join() || end !== (row + 1) * size) {
      throw new RangeError(
        `${says}: row ${row} is ${shapeOf(value).join("x")}, row 0 ${shape.join("x")}; make them alike`,
      );
    }
  }
  return [x, tensorShape(table, name) ?? shape];
}

/** What a column of Arrow's extension type for tensors says of the shape of a row. */
function tensorShape(table: Table, name: string): readonly number[] | undefined {
  const { metadata } = table.schema.fields.find((field) => field.name === name)!;
  if (metadata.get("ARROW:extension:name") !== "arrow.fixed_shape_tensor") return undefined;
  const { shape, permutation } = z.object({ shape: z.array(z.int()), permutation: z.array(z.int()).optional() })
    .parse(JSON.parse(metadata.get("ARROW:extension:metadata") ?? ""));
  const isRowMajor = permutation === undefined || permutation.every((axis, at) => axis === at);
  if (isRowMajor) return shape;
  throw new RangeError(
    `Cannot use column "${name}": its tensors are permuted (${permutation.join()}); store them row-major`,
  );
}

/** Lengths of nested lists, by the first of each. A list is an Arrow vector. */
function shapeOf(value: unknown): number[] {
  return isVector(value) ? [value.length, ...shapeOf(value.length > 0 ? value.get(0) : undefined)] : [];
}

/** Writes nested lists one after another, up to `end`; returns how far they went. */
function fill(value: unknown, x: Float64Array, from: number, end: number): number {
  if (!isVector(value)) {
    if (from < end) x[from] = numberOf(value);
    return from + 1;
  }
  let at = from;
  for (let i = 0; i < value.length; i++) at = fill(value.get(i), x, at, end);
  return at;
}

function isVector(value: unknown): value is Vector {
  return typeof value === "object" && value !== null && "get" in value && "length" in value;
}
