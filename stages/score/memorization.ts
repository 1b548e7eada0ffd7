/** @file Memorization of training examples, estimated from a zoo: Feldman & Zhang (2020), arXiv 2008.03703, Algorithm 1. */
import { z } from "zod";
import { many, stage } from "../../dsl/mod.ts";
import { Dataset, Masks, Predictions, Scores } from "../artifacts/mod.ts";
import { correctness } from "../stats/correctness.ts";
import { Zoo } from "../stats/zoo.ts";

/**
 * Score "memorization", one row a training example i, with `M[k,i]` whether model k was trained on it and `C[k,i]`
 * whether model k gets it right:
 *
 *     mem(i) = Σ_k C[k,i] M[k,i] / Σ_k M[k,i]  -  Σ_k C[k,i] (1 - M[k,i]) / Σ_k (1 - M[k,i])
 *
 * The standard error is that of a difference of two means, `sqrt(p(1-p)/(n-1) + q(1-q)/(m-1))`, where p of n models with
 * i and q of m models without it are right. It is 0 where all models agree, which with few models says little, and NaN
 * with fewer than two models on a side. The score is NaN for an example that was never left out, or always.
 *
 * `models: "even"` or `"odd"` uses that half of the zoo: a choice of examples that shares no model with what is measured on
 * the other half.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Dataset, Masks, Predictions } from "engram/stages/artifacts/mod.ts";
 * import * as score from "engram/stages/score/mod.ts";
 * type Zoo = { data: Node<typeof Dataset, "one">; masks: Node<typeof Masks, "many">; logits: Node<typeof Predictions, "many"> };
 * function graph(zoo: Zoo) {
 *   return { memorization: score.memorization(zoo) };
 * }
 * ```
 */
export const memorization = stage({
  name: "memorization",
  doc: "Memorization of each training example: how much likelier its label is when it was trained on",
  inputs: { masks: many(Masks), logits: many(Predictions), data: Dataset },
  params: z.object({
    models: z.enum(["all", "even", "odd"]).default("all").describe("which models of the zoo, by their index"),
  }),
  output: Scores,
  async run(inputs, { models: wanted }, context) {
    const zoo = new Zoo(inputs);
    const n = zoo.train;
    const labels = zoo.labels.subarray(0, n);
    const models = { in: new Uint32Array(n), out: new Uint32Array(n) };
    const right = { in: new Uint32Array(n), out: new Uint32Array(n) };
    for await (const model of zoo.models(context)) {
      if (wanted !== "all" && (model.index % 2 === 0) !== (wanted === "even")) continue;
      const correct = correctness(model, labels);
      for (let i = 0; i < n; i++) {
        const side = model.member[i] === 1 ? "in" : "out";
        models[side][i]! += 1;
        right[side][i]! += correct[i]!;
      }
    }
    const within = Float64Array.from(right.in, (hits, i) => hits / models.in[i]!);
    const without = Float64Array.from(right.out, (hits, i) => hits / models.out[i]!);
    return {
      example: zoo.ids.slice(0, n),
      score: new Array<string>(n).fill("memorization"),
      value: within.map((p, i) => p - without[i]!),
      standardError: within.map((p, i) =>
        Math.sqrt(varianceOfMean(p, models.in[i]!) + varianceOfMean(without[i]!, models.out[i]!))
      ),
    };
  },
});

/** Unbiased variance of the mean of `n` bits whose mean is `p`; NaN for fewer than two. */
export function varianceOfMean(p: number, n: number): number {
  return n < 2 ? NaN : p * (1 - p) / (n - 1);
}
