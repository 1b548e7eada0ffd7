/** @file Which cells of a column are best, and which cannot be told from the best. */

/** A number and its interval; NaN ends where there is none. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Which end of a column is good; undefined where neither is. */
export type Direction = "highest" | "lowest" | undefined;

/** What a cell is within its column. */
export type Standing = "best" | "tie" | "other";

/**
 * The standing of each cell of a column.
 *
 * - best: the value is the column's extreme, at full precision; equal extremes are all best.
 * - tie: the closed interval `[low, high]` has a point in common with that of a best cell. A cell without an interval
 *   ties with none. This is the usual reading of a table by eye. It is more cautious than a test of the difference,
 *   above all where models are paired.
 *
 * A column without a direction, or with fewer than two numbers, compares nothing: every cell is other.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { standings } from "engram/stages/report/ties.ts";
 * const sgd = { value: 0.90, low: 0.89, high: 0.91 };
 * const sam = { value: 0.92, low: 0.91, high: 0.93 };
 * assert(standings([sgd, sam, undefined], "highest").join() === "tie,best,other");
 * ```
 */
export function standings(cells: readonly (Estimate | undefined)[], direction: Direction): Standing[] {
  const values = cells.map((cell) => cell?.value ?? NaN).filter((value) => !Number.isNaN(value));
  if (direction === undefined || values.length < 2) return cells.map(() => "other");
  const extreme = direction === "highest" ? Math.max(...values) : Math.min(...values);
  const best = cells.filter((cell) => cell?.value === extreme) as Estimate[];
  return cells.map((cell) => {
    if (cell === undefined || Number.isNaN(cell.value)) return "other";
    if (cell.value === extreme) return "best";
    return best.some((other) => overlap(cell, other)) ? "tie" : "other";
  });
}

/** Whether two closed intervals have a point in common; false where one is missing. */
function overlap(a: Estimate, b: Estimate): boolean {
  return a.low <= b.high && b.low <= a.high;
}
