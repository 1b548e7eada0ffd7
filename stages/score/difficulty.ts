/** @file Difficulty of test examples: how often the models of a zoo get them wrong. */
import { z } from "zod";
import { many, stage } from "../../dsl/mod.ts";
import { Dataset, Masks, Predictions, Scores } from "../artifacts/mod.ts";
import { correctness } from "../stats/correctness.ts";
import { Zoo } from "../stats/zoo.ts";

/**
 * Score "difficulty", one row a test example: 1 less the mean over models of whether they get it right, or, finer where
 * models are few, of the probability they give its label. The standard error is that of the mean over models.
 *
 * `models: "even"` or `"odd"` uses that half of the zoo: a difficulty that shares no model, and so no error, with what the
 * other half says (an influence entropy, a gain). Of training examples the like is `1 - cScore`.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Dataset, Masks, Predictions } from "engram/stages/artifacts/mod.ts";
 * import * as score from "engram/stages/score/mod.ts";
 * type Zoo = { data: Node<typeof Dataset, "one">; masks: Node<typeof Masks, "many">; logits: Node<typeof Predictions, "many"> };
 * function graph(zoo: Zoo) {
 *   return { difficulty: score.difficulty(zoo, { by: "probability", models: "odd" }) };
 * }
 * ```
 */
export const difficulty = stage({
  name: "difficulty",
  doc: "Difficulty of each test example: how often models get it wrong",
  inputs: { masks: many(Masks), logits: many(Predictions), data: Dataset },
  params: z.object({
    by: z.enum(["correctness", "probability"]).default("correctness").describe("what is averaged over models"),
    models: z.enum(["all", "even", "odd"]).default("all").describe("which models of the zoo, by their index"),
  }),
  output: Scores,
  async run(inputs, { by, models }, context) {
    const zoo = new Zoo(inputs);
    const tests = zoo.ids.length - zoo.train;
    const [sum, squares] = [new Float64Array(tests), new Float64Array(tests)];
    let count = 0;
    for await (const model of zoo.models(context)) {
      if (models !== "all" && (model.index % 2 === 0) !== (models === "even")) continue;
      count++;
      const right = by === "correctness" ? correctness(model, zoo.labels) : undefined;
      for (let j = 0; j < tests; j++) {
        const row = zoo.train + j;
        const start = row * model.views * model.classes;
        const easy = right?.[row] ?? probabilityOf(model.logits, start, model.classes, zoo.labels[row]!);
        sum[j]! += 1 - easy;
        squares[j]! += (1 - easy) ** 2;
      }
    }
    const value = sum.map((total) => total / count);
    return {
      example: zoo.ids.slice(zoo.train),
      score: new Array<string>(tests).fill("difficulty"),
      value,
      standardError: value.map((mean, j) =>
        count < 2 ? NaN : Math.sqrt(Math.max(0, squares[j]! / count - mean ** 2) / (count - 1))
      ),
    };
  },
});

/** The softmax of logits from `start` on, at `label`. */
function probabilityOf(logits: Float32Array, start: number, classes: number, label: number): number {
  let most = -Infinity;
  for (let k = 0; k < classes; k++) most = Math.max(most, logits[start + k]!);
  let total = 0;
  for (let k = 0; k < classes; k++) total += Math.exp(logits[start + k]! - most);
  return Math.exp(logits[start + label]! - most) / total;
}
