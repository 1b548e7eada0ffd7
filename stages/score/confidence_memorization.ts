/** @file Memorization by confidence: Feldman & Zhang's estimator (arXiv 2008.03703) with a graded answer in place of right or wrong. */
import { z } from "zod";
import { many, stage } from "../../dsl/mod.ts";
import { Dataset, Masks, Predictions, Scores } from "../artifacts/mod.ts";
import { Zoo } from "../stats/zoo.ts";
import { answers, Running } from "./answers.ts";
import { isChosen, modelsParam } from "./chosen.ts";

/**
 * Score "log-confidence memorization" (or "confidence memorization"), one row a training example: the mean of `log p_y`
 * (or of `p_y`) over the models that were trained on it, less that over those that were not. With few models it is much
 * finer than `memorization`, which takes K / 2 + 1 values at most; a logarithm has no lower end, so that single models
 * that are sure and wrong count for a lot. The standard error is that of a difference of two means, NaN with fewer than
 * two models on a side.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Dataset, Masks, Predictions } from "engram/stages/artifacts/mod.ts";
 * import * as score from "engram/stages/score/mod.ts";
 * type Zoo = { data: Node<typeof Dataset, "one">; masks: Node<typeof Masks, "many">; logits: Node<typeof Predictions, "many"> };
 * function graph(zoo: Zoo) {
 *   return { memorization: score.confidenceMemorization(zoo, { models: "even" }) };
 * }
 * ```
 */
export const confidenceMemorization = stage({
  name: "confidence-memorization",
  doc: "Memorization of each training example by how confident models with and without it are",
  inputs: { masks: many(Masks), logits: many(Predictions), data: Dataset },
  params: z.object({
    measure: z.enum(["log-confidence", "confidence"]).default("log-confidence").describe(
      "of the right class: the logarithm of its probability, or the probability",
    ),
    models: modelsParam,
  }),
  output: Scores,
  async run(inputs, { measure, models }, context) {
    const zoo = new Zoo(inputs);
    const n = zoo.train;
    const labels = zoo.labels.subarray(0, n);
    const sides = { in: new Running(n), out: new Running(n) };
    for await (const model of zoo.models(context)) {
      if (!isChosen(models, model.index)) continue;
      const values = answers(model, labels, measure);
      for (let i = 0; i < n; i++) sides[model.member[i] === 1 ? "in" : "out"].add(i, values[i]!);
    }
    const places = Array.from(labels.keys());
    return {
      example: zoo.ids.slice(0, n),
      score: new Array<string>(n).fill(`${measure} memorization`),
      value: Float64Array.from(places, (i) => sides.in.meanOf(i) - sides.out.meanOf(i)),
      standardError: Float64Array.from(
        places,
        (i) => Math.sqrt(sides.in.varianceOfMean(i) + sides.out.varianceOfMean(i)),
      ),
    };
  },
});
