/** @file Influence entropy of a test example: Kim et al., arXiv 2310.00488, equation 3, in each of its readings. */
import { z } from "zod";

/** How influences become an entropy. */
export const entropyParams = z.object({
  transform: z.enum(["abs", "relu", "shift"]).default("abs").describe(
    'how signed influences become weights: "abs" |v|, "relu" max(v, 0), "shift" v - min v',
  ),
  topK: z.union([z.int().positive(), z.literal("all")]).default("all").describe(
    "keep only the k largest weights of the support",
  ),
  base: z.union([z.literal("e"), z.literal(2)]).default("e").describe("of the logarithm: nats or bits"),
  smoothing: z.number().nonnegative().default(1e-10).describe("added to the sum of weights and inside the logarithm"),
  uninfluenced: z.enum(["uniform", "zero"]).default("uniform").describe(
    "entropy of a test example whose weights are all 0: that of equal weights, or 0",
  ),
});

/** How influences become an entropy. */
export type EntropyOptions = z.output<typeof entropyParams>;

/**
 * Entropy of how a test example's influences are spread over the training examples of its support:
 *
 *     w_i = transform(infl_i);   p_i = w_i / (Σ w + ε);   H = -Σ p_i log(p_i + ε)
 *
 * The equation as printed in the paper is a typo (its reviewers say so); this is the reading of the public code for
 * this step, which takes ε = 1e-10, natural logarithms and absolute values. There, an example that nothing influences,
 * such as one that all models get right, has H = 0 and so counts among the most atypical; `uninfluenced: "uniform"`,
 * our default, gives it the entropy of equal weights, which is what H tends to as its influences become equal.
 *
 * @param influences the influences of the training examples of the support, at least one.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { influenceEntropyOf } from "engram/stages/bucket/mod.ts";
 * const options = { transform: "abs", topK: "all", base: 2, smoothing: 0, uninfluenced: "uniform" } as const;
 * assert(influenceEntropyOf([0.5, -0.5, 0], options) === 1);
 * assert(influenceEntropyOf([0, 0, 0, 0], options) === 2);
 * ```
 */
export function influenceEntropyOf(influences: ArrayLike<number>, options: EntropyOptions): number {
  const weights = weightsOf(new Float64Array(influences), options);
  const log = options.base === 2 ? Math.log2 : Math.log;
  let sum = 0;
  for (const weight of weights) sum += weight;
  if (sum === 0) return options.uninfluenced === "zero" ? 0 : log(weights.length);
  let entropy = 0;
  for (const weight of weights) {
    const p = weight / (sum + options.smoothing);
    if (p > 0) entropy -= p * log(p + options.smoothing);
  }
  return entropy;
}

const transforms = {
  abs: (influences: Float64Array) => influences.map(Math.abs),
  relu: (influences: Float64Array) => influences.map((v) => Math.max(v, 0)),
  shift(influences: Float64Array) {
    const least = influences.reduce((min, v) => Math.min(min, v), Infinity);
    return influences.map((v) => v - least);
  },
};

/** The weights from the smallest to the largest, so that equal influences in another order sum to the very same entropy. */
function weightsOf(influences: Float64Array, { transform, topK }: EntropyOptions): Float64Array {
  const weights = transforms[transform](influences).sort();
  return topK === "all" || topK >= weights.length ? weights : weights.subarray(weights.length - topK);
}
