/** @file The stage `train`: a model for every mask of a collection. */
import { stage } from "../../dsl/mod.ts";
import { Dataset, Masks, Models } from "../artifacts/mod.ts";
import { trainParams } from "./params.ts";

/**
 * Trains a model on the members of every mask: one branch a model.
 *
 * - **Only members are touched**: their pixels, their classes, and (by default) statistics of their pixels.
 * - **Randomness** is keyed by (`seed`, the mask's content, purpose): models of different optimizers or rates on one mask
 *   start from the same parameters and see the same batches and crops, so comparisons are paired.
 * - **Progress** counts images, each once a step however many passes the optimizer takes (SAM: two).
 * - **Running statistics** of batch normalization come from members alone; which pass of SAM moves them is the optimizer's
 *   `statistics`, and averages over epochs have theirs recomputed (docs/decisions/0010).
 * - **A killed run** goes on from its last checkpoint, at most a minute old, to the same bits.
 * - **Several small models** are one program where that is faster (docs/decisions/0016); each is as it would be alone, to
 *   floating-point noise.
 * - **A loss that becomes NaN or infinite** stops that model with a `DivergenceError`: epoch, step, rate, remedy.
 * - SWA brings its own learning-rate schedule (Izmailov et al. 2018); of `schedule` only the warm-up reaches it. Its
 *   parameters are the average; its log is that of the iterates.
 *
 * @throws TypeError when the masks are not about the train split of `data`
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { train } from "engram/stages/train/mod.ts";
 * const params = train.params.parse({
 *   model: { kind: "resNet9", width: 16 },
 *   optimizer: { kind: "sam", lr: 0.1, rho: 0.05 },
 *   epochs: 10,
 *   schedule: { kind: "cosine" },
 *   augment: { crop: 4, flip: true },
 * });
 * assert(params.batch === 128 && params.optimizer.kind === "sam" && params.optimizer.rho === 0.05);
 * ```
 */
export const train = stage({
  name: "train",
  doc: "Trains a model on the members of every mask",
  inputs: { data: Dataset, masks: Masks },
  params: trainParams,
  output: Models,
  over: "masks",
  needs: "gpu",
  async run(inputs, params, context) {
    const { trainModel } = await import("./run.ts");
    return await trainModel(inputs, params, context);
  },
  together: {
    async most(inputs, params, room) {
      const { modelsTogether } = await import("./run.ts");
      return await modelsTogether(inputs, params, room);
    },
    async *run(items, params, contexts) {
      const { trainModels } = await import("./run.ts");
      yield* trainModels(items, params, contexts);
    },
  },
});
