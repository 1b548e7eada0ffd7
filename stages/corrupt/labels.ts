/** @file corrupt.labels: symmetric label noise on training examples, of any or of certain subpopulations. */
import { z } from "zod";
import { stage } from "../../dsl/mod.ts";
import { stream } from "../../engine/random.ts";
import { Dataset } from "../artifacts/mod.ts";
import { trainCount } from "../stats/zoo.ts";
import { isNoisy, mislabel, noisyCount } from "./noise.ts";

const params = z.object({
  rate: z.number().min(0).max(1).describe("Mislabelled examples over all training examples"),
  on: z.union([z.literal("random"), z.object({ group: z.string().min(1) })]).default("random").describe(
    'Which examples: any, or those with all these words in their group: { group: "atypical red" }',
  ),
  seed: z.int().min(0).default(0).describe("Of the draw and of the new labels"),
});

/**
 * The data set with symmetric label noise: `round(rate n)` of its n training examples, drawn at random, get another
 * class, each other one equally likely (so `rate` is the rate of wrong labels). The test split stays clean.
 *
 * - `on: { group: "count=1" }` draws among the examples whose group has that word (all, where there are several). The
 *   rate still counts all training examples: the number of wrong labels is the same wherever they are put.
 * - A changed example's group gets `noisy was=3` at its end, with its class before: `corrupt.isNoisy`, `originalLabel`
 *   and `originalGroup` read it. Everything else stays, ids too.
 * - With the same seed the noise of a lower rate is part of that of a higher one, with the same labels.
 *
 * Classes are 0 … the largest label of the data set.
 *
 * @throws RangeError when there are fewer such examples than the rate asks for, or only one class. Examples that are
 * noisy already are not drawn again.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Dataset } from "engram/stages/artifacts/mod.ts";
 * import * as corrupt from "engram/stages/corrupt/mod.ts";
 * function graph(data: Node<typeof Dataset, "one">) {
 *   return {
 *     noisy: corrupt.labels({ data }, { rate: 0.2, seed: 1 }),
 *     rare: corrupt.labels({ data }, { rate: 0.05, on: { group: "count=1" }, seed: 1 }),
 *   };
 * }
 * ```
 */
export const labels = stage({
  name: "corrupt-labels",
  doc: "Gives some training examples a wrong label",
  inputs: { data: Dataset },
  params,
  output: Dataset,
  run({ data }, { rate, on, seed }) {
    const train = trainCount(data);
    const words = on === "random" ? [] : wordsOf(on.group);
    const candidates = Array.from({ length: train }, (_, row) => row).filter((row) => {
      const group = data.group[row]!;
      return !isNoisy(group) && (words.length === 0 || isSubset(words, wordsOf(group)));
    });
    const which = on === "random" ? "have a label that is not noisy yet" : `are of group "${on.group}"`;
    const count = noisyCount(rate, train, candidates.length, which);
    const order = stream(seed, "corrupt", "rows").permutation(candidates.length);
    return mislabel(data, Array.from(order.subarray(0, count), (i) => candidates[i]!), seed);
  },
});

function wordsOf(group: string): string[] {
  return group.split(" ").filter((word) => word !== "");
}

function isSubset(words: readonly string[], of: readonly string[]): boolean {
  return words.every((word) => of.includes(word));
}
