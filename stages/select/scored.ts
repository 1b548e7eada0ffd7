/** @file Training examples in the order of a score. */
import { didYouMean, type Value } from "../../dsl/mod.ts";
import type { Dataset, Scores } from "../artifacts/mod.ts";

/**
 * Rows of the train split that have a score, from the highest or from the lowest. Equal scores stand in the order of
 * the ids, so that no order of rows decides. Examples whose score is NaN, or that are not in `scores`, are left out.
 *
 * @param train how many rows the train split has.
 * @throws RangeError when `scores` has no score of that name.
 */
export function rowsByScore(
  data: Value<typeof Dataset>,
  train: number,
  scores: Value<typeof Scores>,
  name: string,
  from: "highest" | "lowest",
): number[] {
  const valueOf = new Map<number, number>();
  scores.score.forEach((score, i) => {
    if (score === name) valueOf.set(scores.example[i]!, scores.value[i]!);
  });
  if (valueOf.size === 0) {
    throw new RangeError(`Cannot find score "${name}" in "scores"; ${didYouMean(name, new Set(scores.score))}`);
  }
  const value = Float64Array.from({ length: train }, (_, row) => valueOf.get(data.id[row]!) ?? NaN);
  const sign = from === "highest" ? -1 : 1;
  return Array.from(value.keys()).filter((row) => !Number.isNaN(value[row]))
    .sort((a, b) => compare(sign * value[a]!, sign * value[b]!) || data.id[a]! - data.id[b]!);
}

/** Infinite scores compare too, which a difference would not. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
