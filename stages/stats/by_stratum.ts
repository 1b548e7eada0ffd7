/** @file What the models of a zoo do on strata of examples: accuracy on members and others, and the gap, memorization. */
import { z } from "zod";
import { many, stage } from "../../dsl/mod.ts";
import { Dataset, Masks, Metrics, Predictions, Strata } from "../artifacts/mod.ts";
import { correctness } from "./correctness.ts";
import { ModelMetrics } from "./model_metrics.ts";
import { Zoo } from "./zoo.ts";

/**
 * Measure "accuracy", a slice a stratum and "all" for the examples of all strata, a row a model, and the mean over models
 * with its interval:
 *
 * - of test examples "test accuracy";
 * - of training examples "member accuracy" (on the model's members: how well it fits their labels, right or wrong ones),
 *   "non-member accuracy", and "memorization", the difference of the two. Its mean over models estimates the mean of
 *   Feldman & Zhang's memorization (arXiv 2008.03703) over the stratum, and, being a number a model, has an interval
 *   and can be paired with other zoos on the same masks (`compareMeasures`).
 *
 * `models: "even"` or `"odd"` measures on that half of the zoo: strata made from the other half then share no model with
 * what is measured, so that nothing regresses to its mean. Strata must not be chosen on the models they are measured on.
 *
 * @throws RangeError when a stratum's example is not in the data set, or no example is in any.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Dataset, Masks, Predictions, Strata } from "engram/stages/artifacts/mod.ts";
 * import * as stats from "engram/stages/stats/mod.ts";
 * type Zoo = { data: Node<typeof Dataset, "one">; masks: Node<typeof Masks, "many">; logits: Node<typeof Predictions, "many"> };
 * function graph(zoo: Zoo, strata: Node<typeof Strata, "one">) {
 *   return { byStratum: stats.byStratum({ ...zoo, strata }, { models: "odd" }) };
 * }
 * ```
 */
export const byStratum = stage({
  name: "by-stratum",
  doc: "Accuracy and memorization of each model within each stratum of examples, and the means over models",
  inputs: { masks: many(Masks), logits: many(Predictions), data: Dataset, strata: Strata },
  params: z.object({
    models: z.enum(["all", "even", "odd"]).default("all").describe("which models of the zoo, by their index"),
  }),
  output: Metrics,
  async run({ strata, ...inputs }, { models }, context) {
    const zoo = new Zoo(inputs);
    const rowOf = new Map(zoo.ids.entries().map(([row, id]) => [id, row]));
    const rows = strata.example.entries().map(([i, id]) => {
      const row = rowOf.get(id);
      if (row === undefined) {
        throw new RangeError(`Cannot measure stratum "${strata.stratum[i]}": its example ${id} is not in the data set`);
      }
      return { row, stratum: strata.stratum[i]! };
    });
    const all = [...rows];
    if (all.length === 0) throw new RangeError("Cannot measure on strata without examples");
    const strataInOrder = [...Map.groupBy(all, ({ stratum }) => stratum)].sort(([a], [b]) => natural.compare(a, b));
    const slices = [["all", all] as const, ...strataInOrder];
    const metrics = new ModelMetrics([-1, 1]);
    for await (const model of zoo.models(context)) {
      if (models !== "all" && (model.index % 2 === 0) !== (models === "even")) continue;
      const right = correctness(model, zoo.labels);
      for (const [slice, members] of slices) {
        const test = share(right, members.filter(({ row }) => row >= zoo.train));
        const inside = share(right, members.filter(({ row }) => model.member[row] === 1));
        const outside = share(right, members.filter(({ row }) => model.member[row] === 0));
        const add = (metric: string, value: number, n: number) =>
          n > 0 && metrics.add({ measure: "accuracy", metric, slice }, model.index, value, n);
        add("test accuracy", test.mean, test.n);
        add("member accuracy", inside.mean, inside.n);
        add("non-member accuracy", outside.mean, outside.n);
        const both = Math.min(inside.n, outside.n) > 0 ? inside.n + outside.n : 0;
        add("memorization", inside.mean - outside.mean, both);
      }
    }
    return metrics.table();
  },
});

// A fixed locale: the order must not depend on the machine's language.
const natural = new Intl.Collator("en", { numeric: true });

function share(right: Uint8Array, rows: readonly { readonly row: number }[]): { mean: number; n: number } {
  const hits = rows.reduce((sum, { row }) => sum + right[row]!, 0);
  return { mean: hits / rows.length, n: rows.length };
}
