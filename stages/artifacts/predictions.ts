/** @file Predictions: a model's logits on every example. A collection has one item a model. */
import { artifact, column } from "../../dsl/mod.ts";

/**
 * One row an example, in the order of the data set (train, then test). `logits` are `[view, class]`, before the
 * softmax; a view is one augmented copy of the example, the first being the example itself.
 */
export const Predictions = artifact("Predictions", "One item a model, one row an example: logits by view and class", {
  example: column.uint32(),
  logits: column.float32("view", "class"),
});
