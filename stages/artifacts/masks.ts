/** @file Masks: which training examples a model is trained on. A collection has one item a model. */
import { artifact, column } from "../../dsl/mod.ts";

/** One row a training example, in the order of the data set: its id, and whether it is a member of the model's set. */
export const Masks = artifact("Masks", "One item a model, one row a training example: is it a member", {
  example: column.uint32(),
  member: column.bool(),
});
