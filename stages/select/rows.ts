/** @file Some rows of a data set as a data set: everything an example has stays with it, its id first of all. */
import type { Value } from "../../dsl/mod.ts";
import type { Dataset } from "../artifacts/mod.ts";

type Data = Value<typeof Dataset>;

/** The rows at these positions, in this order. */
export function rowsOf(data: Data, rows: ArrayLike<number>): Data {
  const at = Array.from(rows);
  const [, ...shape] = data.x.shape;
  const size = shape.reduce((product, length) => product * length, 1);
  const x = new Uint8Array(at.length * size);
  at.forEach((row, to) => x.set(data.x.data.subarray(row * size, (row + 1) * size), to * size));
  return {
    id: Uint32Array.from(at, (row) => data.id[row]!),
    x: { data: x, shape: [at.length, ...shape] },
    y: Int32Array.from(at, (row) => data.y[row]!),
    split: at.map((row) => data.split[row]!),
    group: at.map((row) => data.group[row]!),
  };
}

/**
 * The data set with only these rows of its train split, in their old order, and its whole test split.
 *
 * @param train how many rows the train split has. @param kept 1 for each of them that stays.
 */
export function keepTrain(data: Data, train: number, kept: ArrayLike<number>): Data {
  return rowsOf(data, Array.from(data.id.keys()).filter((row) => row >= train || kept[row] === 1));
}

/** The first `train` rows by class, ascending in each; a class without any has an empty list. */
export function rowsByClass(data: Data, train: number): number[][] {
  const classes = Array.from(
    { length: data.y.reduce((most, y) => Math.max(most, y), -1) + 1 },
    () => new Array<number>(),
  );
  for (let row = 0; row < train; row++) classes[data.y[row]!]!.push(row);
  return classes;
}
