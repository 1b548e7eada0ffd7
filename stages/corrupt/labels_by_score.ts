/** @file corrupt.labelsByScore: label noise on the training examples that a score calls typical, or atypical. */
import { z } from "zod";
import { stage } from "../../dsl/mod.ts";
import { Dataset, Scores } from "../artifacts/mod.ts";
import { rowsByScore } from "../select/scored.ts";
import { trainCount } from "../stats/zoo.ts";
import { isNoisy, mislabel, noisyCount } from "./noise.ts";

const params = z.object({
  rate: z.number().min(0).max(1).describe("Mislabelled examples over all training examples"),
  on: z.enum(["highest", "lowest"]).describe("Which examples: those with the highest scores, or the lowest"),
  score: z.string().min(1).default("memorization").describe("The score that ranks them"),
  seed: z.int().min(0).default(0).describe("Of the new labels"),
});

/**
 * The data set with symmetric label noise where a score is extreme: the `round(rate n)` of its n training examples with
 * the highest or the lowest score get another class, each other one equally likely. By memorization, "highest" puts the
 * noise on atypical examples and "lowest" on typical ones.
 *
 * Everything else is as in `corrupt.labels`. Equal scores go in the order of ids. Examples without a score (NaN, or not
 * in `scores`) and those that are noisy already stay as they are.
 *
 * @throws RangeError when fewer examples than the rate asks for have a score, when no score has that name, or when
 * there is only one class.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Dataset, Scores } from "engram/stages/artifacts/mod.ts";
 * import * as corrupt from "engram/stages/corrupt/mod.ts";
 * function graph(data: Node<typeof Dataset, "one">, scores: Node<typeof Scores, "one">) {
 *   return {
 *     atypical: corrupt.labelsByScore({ data, scores }, { rate: 0.1, on: "highest", score: "memorization" }),
 *     typical: corrupt.labelsByScore({ data, scores }, { rate: 0.1, on: "lowest", score: "memorization" }),
 *   };
 * }
 * ```
 */
export const labelsByScore = stage({
  name: "corrupt-labels-by-score",
  doc: "Gives the training examples with extreme scores a wrong label",
  inputs: { data: Dataset, scores: Scores },
  params,
  output: Dataset,
  run({ data, scores }, { rate, on, score, seed }) {
    const train = trainCount(data);
    const candidates = rowsByScore(data, train, scores, score, on).filter((row) => !isNoisy(data.group[row]!));
    const count = noisyCount(rate, train, candidates.length, `have score "${score}"`);
    return mislabel(data, candidates.slice(0, count), seed);
  },
});
