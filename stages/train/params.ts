/** @file The parameters of the stage `train`. Light: no tfjs. */
import { z } from "zod";
import { augmentSpec, normalizeSpec } from "./augment/spec.ts";
import { modelSpec } from "./models/mod.ts";
import { optimizerSpec } from "./optimizers/mod.ts";
import { scheduleSpec } from "./schedules/mod.ts";

/**
 * Parameters of `train`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { trainParams } from "engram/stages/train/mod.ts";
 * const params = trainParams.parse({ model: { kind: "mlp" }, optimizer: { kind: "sgd", lr: 0.05 }, epochs: 5 });
 * assert(params.batch === 128 && params.normalize === "members");
 * ```
 */
export const trainParams = z.object({
  model: modelSpec,
  optimizer: optimizerSpec,
  epochs: z.int().positive(),
  batch: z.int().positive().default(128).describe("Examples in a batch"),
  lastBatch: z.enum(["partial", "drop"]).default("partial").describe(
    "What is left when an epoch's batches are full: a smaller batch (every member once an epoch), or not seen",
  ),
  schedule: scheduleSpec.prefault({ kind: "constant" }),
  augment: augmentSpec.prefault({}),
  normalize: normalizeSpec.default("members"),
  labelSmoothing: z.number().min(0).lt(1).default(0),
  seed: z.int().min(0).default(0).describe("Keys initial parameters, order and augmentation, with the model's mask"),
});
/** Parameters of `train`, parsed. */
export type TrainParams = z.output<typeof trainParams>;
