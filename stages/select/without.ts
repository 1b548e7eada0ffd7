/** @file select.without: removes training examples by a score, or at random as the control of that. */
import { z } from "zod";
import { stage } from "../../dsl/mod.ts";
import { type RandomStream, stream } from "../../engine/random.ts";
import { Dataset, Scores } from "../artifacts/mod.ts";
import { trainCount } from "../stats/zoo.ts";
import { keepTrain, rowsByClass } from "./rows.ts";
import { rowsByScore } from "./scored.ts";

const params = z.object({
  remove: z.enum(["highest", "lowest", "random"]).describe("Which training examples go"),
  count: z.int().min(0).optional().describe("How many go"),
  fraction: z.number().min(0).lt(1).optional().describe(
    "Instead of count: which part of the train split goes, rounded",
  ),
  score: z.string().min(1).default("memorization").describe("The score that ranks them"),
  matched: z.enum(["none", "class"]).default("none").describe(
    'With "random": "class" removes as many of each class as the examples of the extreme of "like" have',
  ),
  like: z.enum(["highest", "lowest"]).default("highest").describe('What "random" is the control of'),
  apart: z.boolean().default(false).describe('With "random": spares the examples that "like" would remove'),
  seed: z.int().min(0).default(0).describe('Of "random"'),
}).refine(({ count, fraction }) => (count === undefined) !== (fraction === undefined), {
  error: 'say how many to remove by "count" or by "fraction", and not by both',
});

/**
 * The data set without some of its training examples: those with the highest or the lowest score, or as many at random.
 * What stays keeps its id and its order; the test split stays whole.
 *
 * It is what remove-and-retrain needs: train on the set without its most memorized examples, and on sets without random
 * ones of the same number (Feldman & Zhang 2020, arXiv 2008.03703, section 3.2), `matched` by class where the scores
 * prefer some classes. Equal scores go in the order of ids. Examples without a score (NaN, or not in `scores`) are never
 * among the highest or lowest; at random they can go.
 *
 * With the same seed, a smaller random removal without matching is part of every larger one, and so are those by score.
 *
 * @throws RangeError when there are not that many examples with a score, or, at random, not that many to choose from;
 * when no score has that name; when nothing would be left. TypeError unless exactly one of count and fraction is given.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Dataset, Scores } from "engram/stages/artifacts/mod.ts";
 * import * as select from "engram/stages/select/mod.ts";
 * function graph(data: Node<typeof Dataset, "one">, scores: Node<typeof Scores, "one">) {
 *   return {
 *     treated: select.without({ data, scores }, { remove: "highest", count: 200 }),
 *     control: select.without({ data, scores }, { remove: "random", count: 200, matched: "class", apart: true, seed: 1 }),
 *   };
 * }
 * ```
 */
export const without = stage({
  name: "without",
  doc: "Removes training examples: those with extreme scores, or random ones",
  inputs: { data: Dataset, scores: Scores },
  params,
  output: Dataset,
  run({ data, scores }, { remove, count, fraction, score, matched, like, apart, seed }) {
    const train = trainCount(data);
    const wanted = count ?? Math.round(fraction! * train);
    if (wanted >= train) {
      throw new RangeError(`Cannot remove ${wanted} of ${train} training examples: some must be left; remove fewer`);
    }
    const extreme = rowsByScore(data, train, scores, score, remove === "random" ? like : remove);
    if (extreme.length < wanted && (remove !== "random" || matched === "class" || apart)) {
      throw new RangeError(
        `Cannot remove ${wanted} training examples by score "${score}": ${extreme.length} of ${train} have one; ` +
          `remove fewer, or score more`,
      );
    }
    const chosen = extreme.slice(0, wanted);
    const gone = remove !== "random" ? chosen : atRandom(
      matched === "class" ? rowsByClass(data, train) : [Array.from({ length: train }, (_, row) => row)],
      chosen,
      wanted,
      apart,
      stream(seed, "select", "without"),
    );
    const kept = new Uint8Array(train).fill(1);
    for (const row of gone) kept[row] = 0;
    return keepTrain(data, train, kept);
  },
});

/** Random rows: of each pool as many as `like` has in it, or `wanted` where there is one pool. */
function atRandom(
  pools: readonly (readonly number[])[],
  like: readonly number[],
  wanted: number,
  apart: boolean,
  random: RandomStream,
): number[] {
  const spared = new Set(like);
  return pools.flatMap((pool, index) => {
    const size = pools.length === 1 ? wanted : pool.reduce((sum, row) => sum + Number(spared.has(row)), 0);
    const free = apart ? pool.filter((row) => !spared.has(row)) : pool;
    if (size > free.length) {
      const where = pools.length === 1 ? "" : ` of class ${index}`;
      throw new RangeError(
        `Cannot remove ${size} random training examples${where}: ${free.length} are there to choose from; ` +
          `remove fewer${apart ? ', or set "apart" to false' : ""}`,
      );
    }
    const order = random.at(pools.length === 1 ? "all" : index).permutation(free.length);
    return Array.from(order.subarray(0, size), (i) => free[i]!);
  });
}
