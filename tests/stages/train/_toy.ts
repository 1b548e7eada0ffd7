/** @file Small image sets that a model can learn, and ways to train on them. */
import type { Value } from "../../../dsl/mod.ts";
import { stream } from "../../../engine/random.ts";
import type { Dataset, Masks, Models } from "../../../stages/artifacts/mod.ts";
import { train } from "../../../stages/train/mod.ts";
import { runStage } from "../_support.ts";

/** `n` train and `n / 2` test images of 4x4 pixels and 2 channels; the class says which half is bright. */
export function halves(n: number, seed = 1): Value<typeof Dataset> {
  const rows = n + Math.floor(n / 2);
  const pixels = Uint8Array.from(stream(seed, "pixels").integers(rows * 32, 0, 100));
  const y = Int32Array.from({ length: rows }, (_, row) => row % 2);
  y.forEach((label, row) => {
    for (let i = 0; i < 16; i++) pixels[row * 32 + label * 16 + i]! += 100;
  });
  return {
    id: Uint32Array.from({ length: rows }, (_, row) => 1000 + row),
    x: { data: pixels, shape: [rows, 4, 4, 2] },
    y,
    split: Array.from({ length: rows }, (_, row) => row < n ? "train" : "test"),
    group: Array.from({ length: rows }, () => ""),
  };
}

/** A mask with the given rows as members. */
export function maskOf(data: Value<typeof Dataset>, isMember: (row: number) => boolean): Value<typeof Masks> {
  const n = data.split.filter((split) => split === "train").length;
  return {
    example: data.id.slice(0, n),
    member: Uint8Array.from({ length: n }, (_, row) => isMember(row) ? 1 : 0),
  };
}

/** Parameters of a quick run. */
export const quick = { model: { kind: "mlp", hidden: [8] }, optimizer: { kind: "sgd", lr: 0.1 }, epochs: 4, batch: 8 };

/** Trains one model. */
export function trainOne(
  data: Value<typeof Dataset>,
  masks: Value<typeof Masks>,
  params: Record<string, unknown> = {},
  overrides: Parameters<typeof runStage>[3] = {},
): Promise<Value<typeof Models>> {
  return runStage(train, { data, masks }, { ...quick, ...params }, { branch: "mask-1", ...overrides });
}
