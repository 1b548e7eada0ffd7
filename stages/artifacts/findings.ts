/** @file Findings: what an experiment answers to the questions it was made for. */
import { artifact, column } from "../../dsl/mod.ts";

/**
 * One row a question.
 *
 * - `question`: in words. `asked`: who asks: `paper`, `R2-9` (a reviewer's point), `R1-W2, R2-7`; empty if nobody.
 * - `claim`: what would have to hold: `SAM - SGD, AUC of LiRA, above 0`.
 * - `quantity`: what the number is. `unit`: `fraction`, `correlation`, `difference of fractions` …
 * - `value`, `low`, `high`: the number and its 95 % interval. `against`: what the claim compares it with.
 * - `p`: corrected for all tests of its table (Holm) where it was one of several; otherwise NaN.
 * - `verdict`: `supported`, `contradicted` or `undecided` (the interval holds `against`, or the corrected p is 0.05 or
 *   more).
 * - `n`: how many models (or pairs of models) stand behind it.
 */
export const Findings = artifact("Findings", "One row a question: the number that answers it, and a verdict", {
  question: column.utf8(),
  asked: column.utf8(),
  claim: column.utf8(),
  quantity: column.utf8(),
  unit: column.utf8(),
  value: column.float64(),
  low: column.float64(),
  high: column.float64(),
  against: column.float64(),
  p: column.float64(),
  verdict: column.utf8(),
  n: column.uint32(),
});
