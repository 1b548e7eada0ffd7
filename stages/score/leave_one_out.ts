/** @file Memorization by its definition, for small sets: train on all, and again without each example. */
import { z } from "zod";
import { many, stage } from "../../dsl/mod.ts";
import { Dataset, Masks, Predictions, Scores } from "../artifacts/mod.ts";
import { Zoo } from "../stats/zoo.ts";
import { answers, MEASURES } from "./answers.ts";

/**
 * Score "leave-one-out memorization", one row a training example: the answer about it of the model trained on all
 * examples, less that of the model trained on all others (Feldman 2020, arXiv 1906.05271, equation 1, for one run of the
 * algorithm). The masks are those of `subsample` with design "leave-one-out". An example whose model is not there has NaN.
 *
 * The definition is an expectation over the algorithm's randomness. Train zoos of several `seed`s on the same masks and
 * take `score.average` of their scores; its standard error is over the seeds.
 *
 * @throws RangeError when no model has all examples, or one leaves several out
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Dataset } from "engram/stages/artifacts/mod.ts";
 * import * as score from "engram/stages/score/mod.ts";
 * import { subsample } from "engram/stages/subsample/mod.ts";
 * import { predict, train } from "engram/stages/train/mod.ts";
 * function graph(data: Node<typeof Dataset, "one">, n: number) {
 *   const masks = subsample({ data }, { design: "leave-one-out", members: n + 1 });
 *   const scores = Object.fromEntries([0, 1, 2].map((seed) => {
 *     const models = train({ data, masks }, {
 *       model: { kind: "mlp" }, optimizer: { kind: "sgd", lr: 0.1 }, epochs: 10, seed,
 *     });
 *     return [`seed ${seed}`, score.leaveOneOut({ masks, logits: predict({ models, data }), data })];
 *   }));
 *   return { memorization: score.average({ scores }) };
 * }
 * ```
 */
export const leaveOneOut = stage({
  name: "leave-one-out",
  doc: "Memorization of each training example by leaving it out, alone",
  inputs: { masks: many(Masks), logits: many(Predictions), data: Dataset },
  params: z.object({
    measure: z.enum(MEASURES).default("accuracy").describe("what an answer is worth"),
  }),
  output: Scores,
  async run(inputs, { measure }, context) {
    const zoo = new Zoo(inputs);
    const n = zoo.train;
    const labels = zoo.labels.subarray(0, n);
    const without = new Float64Array(n).fill(NaN);
    let whole: Float64Array | undefined;
    for await (const model of zoo.models(context)) {
      const out = Array.from(model.member.keys()).filter((i) => model.member[i] === 0);
      if (out.length > 1) {
        throw new RangeError(
          `Cannot leave one out with model ${model.index}, which leaves out ${out.length} of ${n} examples: make the ` +
            `masks with design "leave-one-out"`,
        );
      }
      const values = answers(model, labels, measure);
      if (out.length === 0) whole = values;
      else without[out[0]!] = values[out[0]!]!;
    }
    if (whole === undefined) {
      throw new RangeError(
        `Cannot leave one out: no model was trained on all ${n} examples; use design "leave-one-out"`,
      );
    }
    return {
      example: zoo.ids.slice(0, n),
      score: new Array<string>(n).fill("leave-one-out memorization"),
      value: whole.map((value, i) => value - without[i]!),
      standardError: new Float64Array(n).fill(NaN),
    };
  },
});
