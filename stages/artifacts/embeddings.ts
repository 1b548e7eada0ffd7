/** @file Embeddings: what a model's last layer sees of each example. A collection has one item a model. */
import { artifact, column } from "../../dsl/mod.ts";

/**
 * One row an example.
 *
 * - `id`, `y`, `group`: as in `Dataset`.
 * - `split`: `train` or `test`; `public` of examples that `privacy.prepare` has put beside them.
 * - `embedding`: what the linear layer that makes the logits is given, `[feature]`.
 */
export const Embeddings = artifact("Embeddings", "One item a model, one row an example: class, split, features", {
  id: column.uint32(),
  y: column.int32(),
  split: column.utf8(),
  embedding: column.float32("feature"),
  group: column.utf8(),
});
