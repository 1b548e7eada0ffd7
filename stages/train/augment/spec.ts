/** @file The parameters of augmentation and normalization, without tfjs. */
import { z } from "zod";

/**
 * Random changes to the images of a batch, anew each time an image is seen.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { augmentSpec } from "engram/stages/train/augment/spec.ts";
 * assert(augmentSpec.parse({ crop: 4 }).flip === false);
 * ```
 */
export const augmentSpec = z.object({
  crop: z.int().min(0).max(127).default(0).describe(
    "Pixels of zero padding on each side, before a random crop to the size",
  ),
  flip: z.boolean().default(false).describe("Mirror left and right with probability 1/2"),
});
/** Random changes to the images, parsed. */
export type AugmentSpec = z.output<typeof augmentSpec>;

/**
 * How pixels become the network's inputs, per channel: `(pixel / 255 - mean) / std`.
 *
 * `members` (the default) measures mean and standard deviation on the pixels of the model's own members, so that no
 * non-member has any influence on the model; `unit` is mean 0 and std 1. What was used is stored with the model.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { normalizeSpec } from "engram/stages/train/augment/spec.ts";
 * assert(normalizeSpec.safeParse({ mean: [0.5], std: [0.25] }).success);
 * assert(!normalizeSpec.safeParse({ mean: [0.5], std: [0] }).success);
 * ```
 */
export const normalizeSpec = z.union([
  z.enum(["members", "unit"]),
  z.object({ mean: z.array(z.number()).min(1).readonly(), std: z.array(z.number().positive()).min(1).readonly() }),
]);
/** How pixels become inputs, parsed. */
export type NormalizeSpec = z.output<typeof normalizeSpec>;
