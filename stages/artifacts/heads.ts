/** @file Heads: classifiers on embeddings, such as private prototypes, with what they cost. One item an encoder. */
import { artifact, column } from "../../dsl/mod.ts";

/**
 * One row a vector of one class of one head; heads of one item are draws of the same release with other noise.
 *
 * - `draw`: which head, from 0 on.
 * - `label`: the vector's class, 0-based. A class may have several vectors.
 * - `rule`: `cosine`: the class of the vector of largest cosine; `linear`: of largest product plus `bias`.
 * - `vector`: `[feature]`. `bias`: 0 where the rule is `cosine`.
 * - `ledger`: what looked at the private examples to make the head, as JSON for an accountant, in the draw's first row; ""
 *   of other rows, and of a head that was made without differential privacy.
 */
export const Heads = artifact("Heads", "One item an encoder, one row a vector: draw, class, rule, numbers", {
  draw: column.uint32(),
  label: column.int32(),
  rule: column.utf8(),
  vector: column.float64("feature"),
  bias: column.float64(),
  ledger: column.utf8(),
});
