/** @file trainingEpsilon: the epsilon of each model on its own. What an attack on one model is to be held against. */
import { z } from "zod";
import { many, stage } from "../../../dsl/mod.ts";
import { Metrics, Models } from "../../artifacts/mod.ts";
import { ModelMetrics } from "../../stats/model_metrics.ts";
import { type AccountantName, ACCOUNTANTS } from "../accounting/accountants.ts";
import { summary } from "./summary.ts";
import { entriesOf } from "./training.ts";

/**
 * Measure "privacy", metric `epsilon at delta=…`, a row a model and the mean over models: add or remove one example, of
 * one model's release alone. (`account` adds up all models of a zoo, which is what someone pays who is in all of them and
 * all of which are published.) Models without differential privacy have epsilon Infinity.
 *
 * Its numbers are upper bounds and not per cent.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Models } from "engram/stages/artifacts/mod.ts";
 * import * as privacy from "engram/stages/privacy/mod.ts";
 * function graph(models: Node<typeof Models, "many">) {
 *   return privacy.trainingEpsilon({ models }, { delta: 1e-4 });
 * }
 * ```
 */
export const trainingEpsilon = stage({
  name: "training-epsilon",
  doc: "The epsilon of each model on its own, trained with differential privacy or not",
  inputs: { models: many(Models) },
  params: z.object({
    delta: z.number().gt(0).lt(1).describe("well below one over the number of members"),
    accountant: z.enum(Object.keys(ACCOUNTANTS) as [AccountantName, ...AccountantName[]]).default("rdp").describe(
      "rdp, or pld: tighter, and some seconds a model",
    ),
  }),
  output: Metrics,
  async run({ models }, { delta, accountant }, context) {
    const metrics = new ModelMetrics([0, Infinity]);
    let index = 0;
    for await (const model of models) {
      const entries = entriesOf(model, "members", { model: index, ifNone: "skip" });
      const [spent] = summary(entries, delta, [accountant]);
      const epsilon = spent === undefined ? Infinity : spent.epsilons[accountant];
      if (epsilon === undefined) {
        throw new RangeError(`Cannot account for model ${index} by "${accountant}": use "rdp" or "pld"`);
      }
      metrics.add({ measure: "privacy", metric: `epsilon at delta=${delta}` }, index, epsilon, model.members[0] ?? 0);
      index++;
      context.progress({ done: index, total: models.length, unit: "models" });
    }
    return metrics.table();
  },
});
