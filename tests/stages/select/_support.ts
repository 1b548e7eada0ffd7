/** @file Small data sets with pixels and groups that tell their examples apart, and scores for them. */
import type { Value } from "../../../dsl/mod.ts";
import type { Dataset, Scores } from "../../../stages/artifacts/mod.ts";

type Data = Value<typeof Dataset>;

/** Rows with ids 100, 101 …, `[1, 2, 1]` pixels made of the row, and their row in the group. */
export function labelled(trainLabels: readonly number[], testLabels: readonly number[] = [0]): Data {
  const labels = [...trainLabels, ...testLabels];
  return {
    id: Uint32Array.from(labels, (_, row) => 100 + row),
    x: { data: Uint8Array.from(labels.flatMap((_, row) => [row, 255 - row])), shape: [labels.length, 1, 2, 1] },
    y: Int32Array.from(labels),
    split: labels.map((_, row) => row < trainLabels.length ? "train" : "test"),
    group: labels.map((_, row) => `row ${row}`),
  };
}

/** Scores named "memorization", and another that must not be taken. */
export function scoresOf(values: readonly (readonly [id: number, value: number])[]): Value<typeof Scores> {
  const rows = values.flatMap(([id, value]) => [[id, "other", -value], [id, "memorization", value]] as const);
  return {
    example: Uint32Array.from(rows, ([id]) => id),
    score: rows.map(([, score]) => score),
    value: Float64Array.from(rows, ([, , value]) => value),
    standardError: new Float64Array(rows.length).fill(NaN),
  };
}

/** Ids of the training rows. */
export function trainIds(data: Data): number[] {
  return [...data.id].filter((_, row) => data.split[row] === "train");
}
