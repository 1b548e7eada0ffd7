/** @file The cells of a grid: test examples by influence entropy and, independently, by another score such as difficulty. */
import { z } from "zod";
import { didYouMean, stage } from "../../dsl/mod.ts";
import { Buckets, Scores, Strata } from "../artifacts/mod.ts";
import { equalCountBuckets } from "./equal_count.ts";

/**
 * Strata `entropy 1, difficulty 3`: the bucket of a test example, and its place among `groups` groups of equal count by a
 * score. The margins have equal counts, the cells need not. Examples without a score are in none.
 *
 * @throws RangeError when a test example of the buckets has no row of that score.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Buckets, Scores } from "engram/stages/artifacts/mod.ts";
 * import * as bucket from "engram/stages/bucket/mod.ts";
 * function graph(buckets: Node<typeof Buckets, "one">, scores: Node<typeof Scores, "one">) {
 *   return { cells: bucket.grid({ buckets, scores }, { score: "difficulty", groups: 5 }) };
 * }
 * ```
 */
export const grid = stage({
  name: "strata-grid",
  doc: "Test examples in cells: bucket of influence entropy by group of another score",
  inputs: { buckets: Buckets, scores: Scores },
  params: z.object({
    score: z.string().default("difficulty").describe("The score of the other axis"),
    groups: z.int().min(1).default(5).describe("Groups of equal count by it"),
  }),
  output: Strata,
  run({ buckets, scores }, { score, groups }) {
    const rows = [...scores.example.keys()].filter((row) => scores.score[row] === score);
    const valueOf = new Map(rows.map((row) => [scores.example[row]!, scores.value[row]!]));
    const missing = buckets.example.find((id) => !valueOf.has(id));
    if (missing !== undefined) {
      throw new RangeError(
        `Cannot place example ${missing} by score "${score}", it has none: ${
          didYouMean(score, new Set(scores.score))
        }; wire a score of test examples`,
      );
    }
    const kept = [...buckets.example.keys()].filter((row) => !Number.isNaN(valueOf.get(buckets.example[row]!)));
    const example = Uint32Array.from(kept, (row) => buckets.example[row]!);
    const group = equalCountBuckets(Float64Array.from(example, (id) => valueOf.get(id)!), example, groups);
    return { example, stratum: kept.map((row, i) => `entropy ${buckets.bucket[row]}, ${score} ${group[i]}`) };
  },
});
