/** @file Strata of a training set with label noise: noisy examples, and clean ones by how rare they are. */
import { z } from "zod";
import { didYouMean, stage } from "../../dsl/mod.ts";
import { Dataset, Scores, Strata } from "../artifacts/mod.ts";
import { isNoisy } from "../corrupt/mod.ts";
import { trainCount } from "../stats/zoo.ts";

/**
 * Training examples as `noisy` (their label was changed by `corrupt`), `clean rare` (a clean label, and among the `rare`
 * share of all training examples with the highest scores) or `clean typical`. The score is one of the clean data, such as
 * the baseline's memorization without noise. Clean examples without a score are in none.
 *
 * @throws RangeError when there is no such score.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Dataset, Scores } from "engram/stages/artifacts/mod.ts";
 * import * as bucket from "engram/stages/bucket/mod.ts";
 * function graph(data: Node<typeof Dataset, "one">, scores: Node<typeof Scores, "one">) {
 *   return { strata: bucket.labelNoise({ data, scores }, { rare: 0.4 }) };
 * }
 * ```
 */
export const labelNoise = stage({
  name: "strata-of-label-noise",
  doc: "Training examples as noisy, clean and rare, or clean and typical",
  inputs: { data: Dataset, scores: Scores },
  params: z.object({
    score: z.string().default("memorization").describe("The score that says who is rare"),
    rare: z.number().gt(0).lt(1).default(0.4).describe("Share of all scored training examples that is rare"),
  }),
  output: Strata,
  run({ data, scores }, { score, rare }) {
    const scored = [...scores.example.keys()].filter((row) =>
      scores.score[row] === score && !Number.isNaN(scores.value[row])
    );
    if (scored.length === 0) {
      throw new RangeError(`Cannot tell who is rare by "${score}": ${didYouMean(score, new Set(scores.score))}`);
    }
    scored.sort((a, b) => scores.value[b]! - scores.value[a]! || scores.example[a]! - scores.example[b]!);
    const rank = new Map(scored.map((row, place) => [scores.example[row]!, place]));
    const strata: [id: number, stratum: string][] = [];
    for (let row = 0; row < trainCount(data); row++) {
      const id = data.id[row]!;
      const place = rank.get(id);
      if (isNoisy(data.group[row]!)) strata.push([id, "noisy"]);
      else if (place !== undefined) strata.push([id, place < rare * scored.length ? "clean rare" : "clean typical"]);
    }
    return { example: Uint32Array.from(strata, ([id]) => id), stratum: strata.map(([, stratum]) => stratum) };
  },
});
