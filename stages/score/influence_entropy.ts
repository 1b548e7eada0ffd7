/** @file Influence entropy of test examples as a score, under every convention: Kim et al., arXiv 2310.00488, equation 3. */
import { stage } from "../../dsl/mod.ts";
import { Dataset, Influence, Scores } from "../artifacts/mod.ts";
import { entropiesOf } from "../bucket/entropies.ts";
import { entropyParams } from "../bucket/entropy.ts";

/**
 * Score "influence entropy", one row a test example: how evenly its influences are spread over the training examples of
 * its support; low: it depends on few of them, it is atypical. The support is that of `score.influence` ("same-class" or
 * "all"), of which `topK` keeps the largest; `transform`, `base`, `smoothing`, `normalize`, `relative` and `uninfluenced`
 * are the other conventions ({@link influenceEntropyOf} has the formula). Entropies under other conventions rank examples
 * otherwise, but for the base. `bucket.influenceEntropy` makes the buckets at once, `bucket.byScore` strata of this.
 *
 * @throws RangeError when an influence is NaN or a support is empty
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Dataset, Influence } from "engram/stages/artifacts/mod.ts";
 * import * as score from "engram/stages/score/mod.ts";
 * function graph(influence: Node<typeof Influence, "one">, data: Node<typeof Dataset, "one">) {
 *   return { entropy: score.influenceEntropy({ influence, data }, { transform: "relu", topK: 50, base: 2 }) };
 * }
 * ```
 */
export const influenceEntropy = stage({
  name: "influence-entropy-score",
  doc: "Entropy of each test example's influences",
  inputs: { influence: Influence, data: Dataset },
  params: entropyParams,
  output: Scores,
  run({ influence, data }, options, context) {
    const value = entropiesOf(influence, data, options, (message) => context.log(message));
    return {
      example: influence.example,
      score: Array.from(value, () => "influence entropy"),
      value,
      standardError: new Float64Array(value.length).fill(NaN),
    };
  },
});
