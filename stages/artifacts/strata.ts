/** @file Strata: named groups of examples, of the train split or of the test split. */
import { artifact, column } from "../../dsl/mod.ts";

/**
 * One row an example: the one stratum it is in, such as `memorization 5`, `clean rare`, `entropy 1, difficulty 3`.
 * Examples that are in none have no row.
 */
export const Strata = artifact("Strata", "One row an example: the stratum it is in", {
  example: column.uint32(),
  stratum: column.utf8(),
});
