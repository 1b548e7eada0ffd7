/** @file How confident models are on members and on unseen examples: its mean, its variance, and what that lets an attack do. */
import { z } from "zod";
import { many, stage } from "../../dsl/mod.ts";
import { Dataset, Masks, Metrics, Predictions } from "../artifacts/mod.ts";
import { labelProbability, logitConfidence } from "../attack/signal.ts";
import { normal } from "./distributions.ts";
import { ModelMetrics } from "./model_metrics.ts";
import { auc } from "./roc.ts";
import { Zoo } from "./zoo.ts";

/**
 * Measures "confidence" (the label's probability p_y) and "logit confidence" (log p_y / (1 - p_y), of which it is said that
 * it is nearly Gaussian: Carlini et al. 2022), each with the metrics "member mean", "member variance", "non-member mean" and
 * "non-member variance" over the training examples of a model and those it was not trained on; "auc" of telling them apart
 * by it, and "predicted auc", what two Gaussians of these moments would give: Φ((m_in - m_out) / √(v_in + v_out)).
 * A row a model, and the means over models.
 *
 * @throws RangeError when a model has fewer than two members or non-members.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Dataset, Masks, Predictions } from "engram/stages/artifacts/mod.ts";
 * import * as stats from "engram/stages/stats/mod.ts";
 * type Zoo = { data: Node<typeof Dataset, "one">; masks: Node<typeof Masks, "many">; logits: Node<typeof Predictions, "many"> };
 * function graph(zoo: Zoo) {
 *   return { confidence: stats.confidence(zoo) };
 * }
 * ```
 */
export const confidence = stage({
  name: "confidence",
  doc: "Mean and variance of each model's confidence on members and non-members, and the AUC they predict",
  inputs: { masks: many(Masks), logits: many(Predictions), data: Dataset },
  params: z.object({}),
  output: Metrics,
  async run(inputs, _params, context) {
    const zoo = new Zoo(inputs);
    const metrics = new ModelMetrics();
    for await (const { index, member, logits, views, classes } of zoo.models(context)) {
      for (const [measure, signal] of Object.entries(signals)) {
        const of = Float64Array.from(member, (_, row) => {
          const start = row * views * classes;
          return signal(logits.subarray(start, start + classes), zoo.labels[row]!);
        });
        const [ins, outs] = [1, 0].map((kind) => of.filter((_, row) => member[row] === kind)) as [
          Float64Array,
          Float64Array,
        ];
        if (ins.length < 2 || outs.length < 2) {
          throw new RangeError(
            `Cannot tell the variance of ${ins.length} members and ${outs.length} non-members of model ${index}: two of ` +
              `each are needed`,
          );
        }
        const [own, other] = [momentsOf(ins), momentsOf(outs)];
        const distance = (own.mean - other.mean) / Math.sqrt(own.variance + other.variance);
        const found = {
          "member mean": own.mean,
          "member variance": own.variance,
          "non-member mean": other.mean,
          "non-member variance": other.variance,
          auc: auc(ins, outs),
          "predicted auc": normal.cdf(distance, 0, 1),
        };
        for (const [metric, value] of Object.entries(found)) {
          metrics.add({ measure, metric }, index, value, member.length);
        }
      }
    }
    return metrics.table();
  },
});

const signals = { confidence: labelProbability, "logit confidence": logitConfidence };

function momentsOf(values: Float64Array): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, variance };
}
