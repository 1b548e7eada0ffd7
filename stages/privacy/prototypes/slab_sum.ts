/** @file The exact sum of clipped rows that are made a slab at a time, since all at once would not fit into memory. */
import { clip } from "../clip.ts";
import { clippedSum } from "../queries.ts";
import type { Relation } from "../relation.ts";
import { type Query, sensitivity } from "../sensitivity.ts";

/** Numbers held at a time. */
const SLAB = 2 ** 19;

/** Rows that are made when they are asked for. */
export interface MadeRows {
  readonly count: number;
  readonly width: number;
  /** Writes a row; the target is zeros. */
  readonly fill: (row: number, target: Float64Array) => void;
}

/**
 * As `clippedSum(clip(rows, "l2", bound), relation)`, to the bit: clipped rows are multiples of a step, so sums of sums have
 * no rounding either.
 *
 * @throws RangeError for numbers that are not finite and for a bound that is not positive
 */
export function slabSum<R extends Relation>(
  { count, width, fill }: MadeRows,
  bound: number,
  relation: R,
): Query<"l2", R> {
  const rows = Math.max(1, Math.floor(SLAB / width));
  const value = new Float64Array(width);
  let from = 0;
  do {
    const size = Math.min(rows, count - from);
    const data = new Float64Array(size * width);
    for (let i = 0; i < size; i++) fill(from + i, data.subarray(i * width, i * width + width));
    const part = clippedSum(clip({ data, shape: [size, width] }, "l2", bound), relation).value;
    for (let k = 0; k < width; k++) value[k]! += part[k]!;
    from += size;
  } while (from < count);
  return { value, sensitivity: sensitivity("l2", relation === "add-remove" ? bound : 2 * bound, relation) };
}
