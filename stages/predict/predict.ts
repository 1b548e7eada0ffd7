/** @file The stage `predict`: the logits of every model of a collection on every example. */
import { z } from "zod";
import { stage } from "../../dsl/mod.ts";
import { Dataset, Models, Predictions } from "../artifacts/mod.ts";
import { viewsSpec } from "./views/mod.ts";

/**
 * Predicts every example, train and test, with every model of a zoo: one branch a model. Logits, before the softmax.
 * Models are rebuilt from what is stored with them, normalization included.
 *
 * `views`: `identity` (default), `mirror` (2 copies), or `shifts` (4 d + 1 copies for distance d).
 *
 * @throws TypeError when a model does not fit the images, or cannot be rebuilt
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { predict } from "engram/stages/train/mod.ts";
 * assert(predict.params.parse({}).views.kind === "identity");
 * assert(predict.params.parse({ views: { kind: "shifts", distance: 2 } }).views.kind === "shifts");
 * ```
 */
export const predict = stage({
  name: "predict",
  doc: "Logits of every model on every example, by view",
  inputs: { models: Models, data: Dataset },
  params: z.object({ views: viewsSpec.prefault("identity") }),
  output: Predictions,
  over: "models",
  async run(inputs, params, context) {
    const { predictModel } = await import("./run.ts");
    return await predictModel(inputs, params, context);
  },
});
