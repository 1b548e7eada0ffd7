/** @file What being trained on a rare point's twin does: the causal effect of one training example, by design. */
import { z } from "zod";
import { many, stage } from "../../dsl/mod.ts";
import { Dataset, Masks, Metrics, Predictions } from "../artifacts/mod.ts";
import { correctness } from "./correctness.ts";
import { ModelMetrics } from "./model_metrics.ts";
import { Zoo } from "./zoo.ts";

/**
 * For the twins of `load.toy2d`: measure "twin", a row a model and the mean over models. "with twin" and "without twin" are
 * the model's accuracy on the rare test points whose twin is in its training set, and on those whose twin the mask left
 * out (of group "twin present"); "effect" is the difference. Masks are drawn at random, so the effect is causal: it is the
 * mean influence (Feldman & Zhang, arXiv 2008.03703) of a twin on its test point. "never seen" is the accuracy on the
 * test points of group "twin absent". A model that has all twins, or none, has no effect.
 *
 * @throws RangeError when the data set has no twins.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Dataset, Masks, Predictions } from "engram/stages/artifacts/mod.ts";
 * import * as stats from "engram/stages/stats/mod.ts";
 * type Zoo = { data: Node<typeof Dataset, "one">; masks: Node<typeof Masks, "many">; logits: Node<typeof Predictions, "many"> };
 * function graph(toy: Zoo) {
 *   return { twins: stats.twinEffect(toy) };
 * }
 * ```
 */
export const twinEffect = stage({
  name: "twin-effect",
  doc: "Accuracy on rare test points with and without their twin in training, and the difference",
  inputs: { masks: many(Masks), logits: many(Predictions), data: Dataset },
  params: z.object({}),
  output: Metrics,
  async run(inputs, _params, context) {
    const zoo = new Zoo(inputs);
    const { group } = inputs.data;
    const rows = (name: string) => [...zoo.ids.keys()].filter((row) => group[row] === name);
    const [present, absent] = [rows("twin present"), rows("twin absent")];
    if (present.length === 0) throw new RangeError(`Cannot find twins: use a data set of "load.toy2d" with twins`);
    const metrics = new ModelMetrics([-1, 1]);
    for await (const model of zoo.models(context)) {
      const right = correctness(model, zoo.labels);
      // The j-th training example is the twin of the j-th test example.
      const seen = (row: number) => model.member[row - zoo.train] === 1;
      const accuracy = (of: readonly number[]) => of.reduce((sum, row) => sum + right[row]!, 0) / of.length;
      const [having, lacking] = [present.filter(seen), present.filter((row) => !seen(row))];
      const found: [string, number, number][] = [
        ["with twin", accuracy(having), having.length],
        ["without twin", accuracy(lacking), lacking.length],
        ["effect", accuracy(having) - accuracy(lacking), Math.min(having.length, lacking.length)],
        ["never seen", accuracy(absent), absent.length],
      ];
      for (const [metric, value, n] of found) {
        if (n > 0) metrics.add({ measure: "twin", metric }, model.index, value, n);
      }
    }
    return metrics.table();
  },
});
