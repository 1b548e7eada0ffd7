/** @file Rows of an artifact, read one by one: what every format of `show` is written from. */
import type { ArrayOf, ArtifactType, Column, Dtype, Tensor } from "../../dsl/mod.ts";
import type { Shown } from "../shell.ts";

/** An artifact's columns where its type is known only at run time. */
export type Values = Readonly<Record<string, ArrayOf[Dtype] | Tensor>>;

/** One row's entry of a column with axes. */
export interface TensorCell {
  readonly dtype: string;
  /** The axes of the entry: without that of the rows. */
  readonly shape: readonly number[];
  readonly data: ArrayLike<number | string>;
}

/** One row's entry of a column. */
export type Cell = number | string | boolean | TensorCell;

/** One row. */
export interface Row {
  /** The item it is in, counted from 0; undefined where the artifact is not a collection. */
  readonly item: number | undefined;
  /** One cell a column, in the columns' order. */
  readonly cells: readonly Cell[];
}

/** The rows of an artifact, at most `limit`; items are read when their first row is asked for. */
export async function* rowsOf({ type, many, items }: Shown, limit = Infinity): AsyncGenerator<Row> {
  const columns = Object.entries(type.columns);
  let left = limit;
  for (let index = 0; index < items.length && left > 0; index++) {
    const value: Values = await items.at(index);
    const length = rowCount(type, value);
    for (let row = 0; row < length && left > 0; row++, left--) {
      const cells = columns.map(([name, column]) => cellAt(column, value[name]!, row));
      yield { item: many ? index : undefined, cells };
    }
  }
}

/** How many rows an artifact's value has. */
export function rowCount(type: ArtifactType, value: Values): number {
  const first = value[Object.keys(type.columns)[0]!]!;
  return isTensor(first) ? first.shape[0]! : first.length;
}

function cellAt(column: Column, values: Values[string], row: number): Cell {
  if (!isTensor(values)) return scalar(column.dtype, values[row]!);
  const shape = values.shape.slice(1);
  const size = shape.reduce((product, n) => product * n, 1);
  return { dtype: column.dtype, shape, data: values.data.slice(row * size, (row + 1) * size) };
}

/** An element as people and programs should read it: booleans as such, floats by their shortest decimal. */
export function scalar(dtype: string, value: number | string): Cell & (number | string | boolean) {
  if (dtype === "bool") return value !== 0;
  return dtype === "float32" ? shortest(value as number) : value;
}

/** The shortest decimal that reads back as the same single-precision number: 0.1, not 0.10000000149011612. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

function isTensor(values: Values[string]): values is Tensor {
  return "shape" in values;
}

/** A tensor cell as nested arrays, row-major. */
export function nested({ dtype, shape, data }: TensorCell): unknown {
  function level(axis: number, start: number, size: number): unknown {
    if (axis === shape.length) return scalar(dtype, data[start]!);
    const step = size / shape[axis]!;
    return Array.from({ length: shape[axis]! }, (_, i) => level(axis + 1, start + i * step, step));
  }
  return level(0, 0, data.length);
}
