/** @file Buckets of equal count by a number of each row. */

/**
 * Bucket 1 ... `buckets` of each row, by value and then by id; where the count does not divide, the first have one more.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { equalCountBuckets } from "engram/stages/bucket/equal_count.ts";
 * assert.deepEqual([...equalCountBuckets(Float64Array.of(3, 1, 2), Uint32Array.of(7, 8, 9), 2)], [2, 1, 1]);
 * ```
 */
export function equalCountBuckets(values: Float64Array, ids: Uint32Array, buckets: number): Int32Array {
  const order = Array.from(values.keys()).sort((a, b) => values[a]! - values[b]! || ids[a]! - ids[b]!);
  const [size, larger] = [Math.floor(order.length / buckets), order.length % buckets];
  const bucketOf = new Int32Array(order.length);
  for (const [rank, row] of order.entries()) {
    const fromLarger = Math.floor(rank / (size + 1));
    bucketOf[row] = 1 + (fromLarger < larger ? fromLarger : Math.floor((rank - larger) / size));
  }
  return bucketOf;
}
