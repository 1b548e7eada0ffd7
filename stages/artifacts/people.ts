/** @file People: a regression table, a person a row. */
import { artifact, column } from "../../dsl/mod.ts";

/** One row a person: `x`, features in [0, 1], and `y`, the target, in [-1, 1]. What scales them must be public. */
export const People = artifact("People", "One row a person: features and a target for regression", {
  x: column.float64("feature"),
  y: column.float64(),
});
