/** @file Scores: named numbers about single examples, in long format. */
import { artifact, column } from "../../dsl/mod.ts";

/**
 * One row an example and score: `memorization`, `influence` … `standardError` is NaN where none is known. An example
 * for which a score cannot be estimated has the value NaN.
 */
export const Scores = artifact("Scores", "One row an example and score: value and standard error", {
  example: column.uint32(),
  score: column.utf8(),
  value: column.float64(),
  standardError: column.float64(),
});
