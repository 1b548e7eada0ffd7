/** @file Strata of equal count by a score: the most memorized fifth of the training examples, the hardest test examples. */
import { z } from "zod";
import { didYouMean, stage } from "../../dsl/mod.ts";
import { Scores, Strata } from "../artifacts/mod.ts";
import { equalCountBuckets } from "./equal_count.ts";

/**
 * Examples sorted by a score (equal ones by id) and cut into strata of equal count, `memorization 1` (lowest) to
 * `memorization 5`. Examples whose score is NaN are in none.
 *
 * @throws RangeError when there is no such score, or fewer examples with one than groups.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Scores } from "engram/stages/artifacts/mod.ts";
 * import * as bucket from "engram/stages/bucket/mod.ts";
 * function graph(scores: Node<typeof Scores, "one">) {
 *   return { strata: bucket.byScore({ scores }, { score: "memorization", groups: 5 }) };
 * }
 * ```
 */
export const byScore = stage({
  name: "strata-by-score",
  doc: "Examples in strata of equal count by a score",
  inputs: { scores: Scores },
  params: z.object({
    score: z.string().default("memorization").describe("The score that sorts them"),
    groups: z.int().min(1).default(5).describe("How many strata"),
  }),
  output: Strata,
  run({ scores }, { score, groups }) {
    const rows = [...scores.example.keys()].filter((row) => scores.score[row] === score);
    if (rows.length === 0) {
      throw new RangeError(`Cannot sort by score "${score}": ${didYouMean(score, new Set(scores.score))}`);
    }
    const known = rows.filter((row) => !Number.isNaN(scores.value[row]));
    if (known.length < groups) {
      throw new RangeError(
        `Cannot cut ${known.length} examples with score "${score}" into ${groups} strata: use fewer`,
      );
    }
    const example = Uint32Array.from(known, (row) => scores.example[row]!);
    const value = Float64Array.from(known, (row) => scores.value[row]!);
    const group = equalCountBuckets(value, example, groups);
    return { example, stratum: Array.from(group, (number) => `${score} ${number}`) };
  },
});
