/** @file The stage `embed`: what every model's last layer sees of every example. */
import { z } from "zod";
import { stage } from "../../dsl/mod.ts";
import { Dataset, Embeddings, Models } from "../artifacts/mod.ts";

/**
 * Embeds every example, train and test, by every model of a zoo: one branch a model. An embedding is what the linear layer
 * that makes the logits is given, in evaluation mode: the penultimate layer. Of a logistic model that is the image.
 *
 * @throws TypeError when a model does not fit the images, or cannot be rebuilt
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Dataset, Models } from "engram/stages/artifacts/mod.ts";
 * import { embed } from "engram/stages/train/mod.ts";
 * function graph(models: Node<typeof Models, "many">, data: Node<typeof Dataset, "one">) {
 *   return { embeddings: embed({ models, data }) };
 * }
 * ```
 */
export const embed = stage({
  name: "embed",
  doc: "What every model's last layer sees of every example",
  inputs: { models: Models, data: Dataset },
  params: z.object({}),
  output: Embeddings,
  over: "models",
  async run(inputs, _params, context) {
    const { embedModel } = await import("./embed_run.ts");
    return await embedModel(inputs, context);
  },
});
