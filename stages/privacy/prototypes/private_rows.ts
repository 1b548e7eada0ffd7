/** @file Rows of embeddings by split and class. */
import type { Value } from "../../../dsl/mod.ts";
import type { Embeddings } from "../../artifacts/mod.ts";
import type { Rows } from "../clip.ts";

/** Embeddings of one split, in order. */
export interface SplitRows {
  readonly rows: { readonly data: Float32Array; readonly shape: readonly [number, number] };
  readonly y: Int32Array;
}

/** The rows of one split. */
export function rowsOf({ split, y, embedding }: Value<typeof Embeddings>, wanted: string): SplitRows {
  const [, d] = embedding.shape as [number, number];
  const places: number[] = [];
  split.forEach((name, row) => name === wanted && places.push(row));
  const data = new Float32Array(places.length * d);
  places.forEach((row, i) => data.set(embedding.data.subarray(row * d, row * d + d), i * d));
  return { rows: { data, shape: [places.length, d] }, y: Int32Array.from(places, (row) => y[row]!) };
}

/**
 * Rows by class, 0 to `classes - 1`, some of them empty.
 *
 * @throws RangeError for a class that is not among them
 */
export function byClass({ rows: { data, shape: [n, d] }, y }: SplitRows, classes: number): Rows[] {
  const places = Array.from({ length: classes }, (): number[] => []);
  for (let row = 0; row < n; row++) {
    const own = places[y[row]!];
    if (own === undefined) {
      throw new RangeError(
        `Cannot put an example of class ${y[row]} into classes 0 to ${classes - 1}: raise "classes"`,
      );
    }
    own.push(row);
  }
  return places.map((own) => {
    const part = new Float32Array(own.length * d);
    own.forEach((row, i) => part.set(data.subarray(row * d, row * d + d), i * d));
    return { data: part, shape: [own.length, d] };
  });
}
