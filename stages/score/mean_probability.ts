/** @file The probability of a class, on average over models. */
import { z } from "zod";
import { many, stage } from "../../dsl/mod.ts";
import { Predictions, Scores } from "../artifacts/mod.ts";
import { labelProbability } from "../attack/signal.ts";

/**
 * Score "probability": the softmax of the class's logit, mean over models, with its standard error over them.
 *
 * @throws RangeError when there is no such class, or no model.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Predictions } from "engram/stages/artifacts/mod.ts";
 * import * as score from "engram/stages/score/mod.ts";
 * function graph(logits: Node<typeof Predictions, "many">) {
 *   return { red: score.meanProbability({ logits }, { class: 0 }) };
 * }
 * ```
 */
export const meanProbability = stage({
  name: "mean-probability",
  doc: "Probability of a class, mean over models",
  inputs: { logits: many(Predictions) },
  params: z.object({ class: z.int().min(0).describe("Which class, 0-based") }),
  output: Scores,
  async run({ logits }, { class: wanted }, context) {
    if (logits.length === 0) throw new RangeError("Cannot average over no models: train at least one");
    let [sums, squares, example] = [new Float64Array(), new Float64Array(), new Uint32Array()];
    let done = 0;
    for await (const { example: ids, logits: { data, shape: [, views = 0, classes = 0] } } of logits) {
      context.signal.throwIfAborted();
      if (wanted >= classes) {
        throw new RangeError(
          `Cannot take class ${wanted}: the models tell ${classes} classes apart; give 0 to ${classes - 1}`,
        );
      }
      if (done === 0) {
        [sums, squares, example] = [new Float64Array(ids.length), new Float64Array(ids.length), ids.slice()];
      }
      for (let row = 0; row < ids.length; row++) {
        const p = labelProbability(data.subarray(row * views * classes, row * views * classes + classes), wanted);
        sums[row]! += p;
        squares[row]! += p * p;
      }
      context.progress({ done: ++done, total: logits.length, unit: "models" });
    }
    const value = sums.map((sum) => sum / done);
    const standardError = squares.map((square, row) => {
      return done < 2 ? NaN : Math.sqrt(Math.max(0, square / done - value[row]! ** 2) / (done - 1));
    });
    return { example, score: Array.from(example, () => "probability"), value, standardError };
  },
});
