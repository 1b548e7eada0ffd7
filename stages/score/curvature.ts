/** @file Curvature of the loss around examples: a proxy of memorization from one model. */
import { z } from "zod";
import { stage } from "../../dsl/mod.ts";
import { Dataset, Models, Scores } from "../artifacts/mod.ts";

/**
 * Score "curvature", one row an example (train and test), one item a model: how much the gradient of the loss with
 * respect to the input turns within a small distance, in random directions,
 *
 *     1/n Σ_v || (∇_x L(x + h v) - ∇_x L(x)) / h ||²,   v random signs
 *
 * which estimates `tr(H²)`, H the loss's Hessian in the input (Garg & Roy 2023, arXiv 2307.05831; Ravikumar et al. 2024,
 * ICML, who bound memorization by it). Inputs are as the network takes them, normalized; `norm: "length"` takes the mean
 * of the length in place of its square, as we remember the authors' code to do. Evaluation mode, cross-entropy without
 * smoothing. The authors average over a training's epochs; here it is of trained models, and `score.overModels` averages
 * over those. Its standard error is over directions. Directions depend on the seed and on the example, not on the model.
 * In single precision, what is left of 1 - p for a p near 1 is rounding: curvatures far below `(1e-7 / h)²` are noise.
 *
 * @throws TypeError when a model does not fit the images
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Dataset, Masks, Models } from "engram/stages/artifacts/mod.ts";
 * import * as score from "engram/stages/score/mod.ts";
 * function graph(zoo: { data: Node<typeof Dataset, "one">; models: Node<typeof Models, "many">; masks: Node<typeof Masks, "many"> }) {
 *   const scores = score.curvature(zoo, { directions: 10 });
 *   return { curvature: score.overModels({ scores, masks: zoo.masks }, { of: "members" }) };
 * }
 * ```
 */
export const curvature = stage({
  name: "curvature",
  doc: "Curvature of each model's loss around each example, in random directions",
  inputs: { models: Models, data: Dataset },
  params: z.object({
    directions: z.int().min(1).max(64).default(10).describe("random directions, a gradient each"),
    h: z.number().positive().default(1e-3).describe("how far a pixel is moved, in the network's units"),
    norm: z.enum(["square", "length"]).default("square").describe("of the difference of two gradients"),
    seed: z.int().nonnegative().default(0).describe("of the directions"),
  }),
  output: Scores,
  over: "models",
  async run(inputs, params, context) {
    const { curvatures } = await import("./curvature_run.ts");
    return await curvatures(inputs, params, context);
  },
});
