/** @file personalEpsilons: what training has cost each person, who pays for the models that they are members of, and no others. */
import { z } from "zod";
import { many, stage, type Value } from "../../../dsl/mod.ts";
import { Masks, Models, Scores } from "../../artifacts/mod.ts";
import { type AccountantName, ACCOUNTANTS, epsilonAt } from "../accounting/accountants.ts";
import { compose } from "../accounting/compose.ts";
import { type AnyEntry, spentOn } from "./entry.ts";
import { entriesOf } from "./training.ts";

/**
 * Score `epsilon at delta=…` of every training example: that of all private models whose mask it is in, together. 0 for one
 * that is in none. `trainingLedger` says the same of a person who is in all models, which with random masks is nobody.
 *
 * It holds for who sees the models and knows the masks. A mask must not depend on the examples' data, as those of
 * `subsample` do not: who is in which model would tell of them.
 *
 * @throws RangeError for a model that was trained without differential privacy, more models than masks or fewer, and where
 * the accountant cannot say
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Masks, Models } from "engram/stages/artifacts/mod.ts";
 * import * as privacy from "engram/stages/privacy/mod.ts";
 * function graph(zoo: { masks: Node<typeof Masks, "many">; models: Node<typeof Models, "many"> }) {
 *   return privacy.personalEpsilons(zoo, { delta: 1e-5 });
 * }
 * ```
 */
export const personalEpsilons = stage({
  name: "personal-epsilons",
  doc: "The epsilon that each training example has paid for the private models that it is a member of",
  inputs: { models: many(Models), masks: many(Masks) },
  params: z.object({
    delta: z.number().gt(0).lt(1).describe("well below one over the number of people"),
    accountant: z.enum(Object.keys(ACCOUNTANTS) as [AccountantName, ...AccountantName[]]).default("pld"),
  }),
  output: Scores,
  async run({ models, masks }, { delta, accountant }) {
    if (models.length !== masks.length) {
      throw new RangeError(
        `Cannot pair ${models.length} models with ${masks.length} masks: wire the masks that "train" had`,
      );
    }
    let example: Uint32Array | undefined;
    const paid: number[][] = [];
    const costs: AnyEntry[][] = [];
    for (let index = 0; index < models.length; index++) {
      const [model, mask] = await Promise.all([models.at(index), masks.at(index)]);
      costs.push(entriesOf(model, "people", { model: index }));
      example ??= mask.example;
      mask.member.forEach((member, row) => member && (paid[row] ??= []).push(index));
    }
    const epsilons = new Map<string, number>();
    function epsilonOf(memberOf: readonly number[]): number {
      if (memberOf.length === 0) return 0;
      // Equal models cost the same, whichever they are.
      const list = memberOf.flatMap((index) => costs[index]!).map((entry) => spentOn([entry as never], "people"));
      const key = JSON.stringify(list.map(({ costs }) => JSON.stringify(costs)).sort());
      const known = epsilons.get(key) ?? epsilonAt(compose(...list), delta, accountant);
      if (known === undefined) {
        throw new RangeError(`Accountant "${accountant}" cannot say what these models cost: choose another`);
      }
      epsilons.set(key, known);
      return known;
    }
    return scoresOf(example ?? new Uint32Array(0), (row) => epsilonOf(paid[row] ?? []), delta);
  },
});

function scoresOf(example: Uint32Array, epsilon: (row: number) => number, delta: number): Value<typeof Scores> {
  return {
    example: Uint32Array.from(example),
    score: Array.from(example, () => `epsilon at delta=${delta}`),
    value: Float64Array.from(example, (_, row) => epsilon(row)),
    standardError: Float64Array.from(example, () => NaN),
  };
}
