/** @file Where a function on a grid crosses a level: marching squares (Lorensen & Cline 1987, in two dimensions). */

/** A place in the plane. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/**
 * Line segments of the level set, interpolated along the edges of cells. At a saddle the segments are paired in the order
 * of the cell's edges.
 *
 * @param values of `side`² points, row by row. @param at where each point is.
 */
export function boundaryOf(
  values: ArrayLike<number>,
  side: number,
  level: number,
  at: readonly Place[],
): [Place, Place][] {
  const segments: [Place, Place][] = [];
  for (let row = 0; row + 1 < side; row++) {
    for (let column = 0; column + 1 < side; column++) {
      const first = row * side + column;
      const corners = [first, first + 1, first + side + 1, first + side];
      const crossings = corners.flatMap((a, k) => {
        const b = corners[(k + 1) % 4]!;
        const [here, there] = [values[a]! - level, values[b]! - level];
        if (here < 0 === there < 0) return [];
        const part = here / (here - there);
        return [{ x: at[a]!.x + part * (at[b]!.x - at[a]!.x), y: at[a]!.y + part * (at[b]!.y - at[a]!.y) }];
      });
      for (let k = 0; k + 1 < crossings.length; k += 2) segments.push([crossings[k]!, crossings[k + 1]!]);
    }
  }
  return segments;
}
