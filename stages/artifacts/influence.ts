/** @file Influence: how much each training example's membership changes the prediction on each test example. */
import { artifact, column } from "../../dsl/mod.ts";

/** The id that fills up a row whose support is smaller than the widest. */
export const NO_EXAMPLE = 0xffffffff;

/**
 * One row a test example. `train` holds the ids of the training examples in its support, `influence` their influence
 * on it, in the same order. Rows with a smaller support end in `NO_EXAMPLE` ids with influence 0.
 */
export const Influence = artifact("Influence", "One row a test example: influence of each training example on it", {
  example: column.uint32(),
  train: column.uint32("support"),
  influence: column.float32("support"),
});
