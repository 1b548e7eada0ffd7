/** @file The small table that the golden files were reviewed for: every kind of cell, in three groups. */
import { metrics, type Row } from "./made.ts";

function attack(measure: string, queries: number, threat: string, rows: readonly Row[]): readonly Row[] {
  return rows.map((row) => ({ metric: "balanced accuracy", measure, queries, threat, ...row }));
}

const SHADOW = "one shadow model";

/** Three groups: two with four models, one with a single model that has no interval and lacks the last attack. */
export const smallTable = {
  "sgd/accuracy": metrics(
    { value: 0.8, low: 0.79, high: 0.81 },
    { value: 0.79, model: 0, n: 100 },
    { value: 0.81, model: 1, n: 100 },
    { metric: "train accuracy", value: 0.998, low: 0.997, high: 0.999 },
  ),
  "sgd/attacks/0": metrics(...attack("correctness attack", 1, "label-only", [
    { value: 0.6, low: 0.59, high: 0.61 },
    { value: 0.61, metric: "auc", low: 0.6, high: 0.62 },
  ])),
  "sgd/attacks/1": metrics(
    ...attack("augmentation attack", 5, `label-only, ${SHADOW}`, [{ value: 0.63, low: 0.62, high: 0.64 }]),
  ),
  "sam/accuracy": metrics(
    { value: 0.82, low: 0.81, high: 0.83 },
    { metric: "train accuracy", value: 0.999, low: 0.998, high: 1 },
  ),
  "sam/attacks/0": metrics(
    ...attack("correctness attack", 1, "label-only", [{ value: 0.575, low: 0.565, high: 0.585 }]),
  ),
  "sam/attacks/1": metrics(
    ...attack("augmentation attack", 5, `label-only, ${SHADOW}`, [{ value: 0.645, low: 0.64, high: 0.65 }]),
  ),
  "sharp_reg/accuracy": metrics(
    { value: 0.75, n: 1 },
    { metric: "train accuracy", value: NaN, n: 1 },
  ),
  "sharp_reg/attacks/0": metrics(...attack("correctness attack", 1, "label-only", [{ value: 0.59, n: 1 }])),
};

/** The parameters the golden files were made with. */
export const smallParams = {
  groups: ["sgd", "sam", "sharp_reg"],
  labels: { sgd: "SGD", sam: "SAM" },
  decimals: 1,
  reference: "tab:small",
};
