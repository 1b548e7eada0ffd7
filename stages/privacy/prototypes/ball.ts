/** @file Clipping to a ball around a public or already released centre. */
import { checkFinite } from "../check.ts";
import { clip, type Clipped, type Rows } from "../clip.ts";

/**
 * Rows minus a centre, those further away than `radius` moved to the ball's surface: `clip(x - c)`. A sum of them moves by
 * at most the radius when a row comes or goes. The centre must not depend on the private rows but through a release.
 *
 * @throws RangeError for a centre of another width or numbers that are not finite, and a radius that is not positive
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { clipToBall } from "engram/stages/privacy/mod.ts";
 * const rows = { data: Float64Array.of(13, 4), shape: [1, 2] as const };
 * const { rows: { data } } = clipToBall(rows, Float64Array.of(10, 0), 2.5);
 * assert(Math.abs(data[0]! - 1.5) < 1e-8 && Math.abs(data[1]! - 2) < 1e-8);
 * ```
 */
export function clipToBall({ data, shape: [n, d] }: Rows, centre: Float64Array, radius: number): Clipped<"l2"> {
  if (centre.length !== d) throw new RangeError(`A centre of ${centre.length} numbers cannot be one of rows of ${d}`);
  checkFinite("centre", centre);
  const moved = Float64Array.from(data, (x, i) => x - centre[i % d]!);
  return clip({ data: moved, shape: [n, d] }, "l2", radius);
}
