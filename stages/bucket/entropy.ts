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
  base: z.union([z.literal("e"), z.literal(2), z.literal(10)]).default("e").describe(
    "of the logarithm: nats, bits or decimal digits",
  ),
  smoothing: z.number().nonnegative().default(1e-10).describe("added to the sum of weights and inside the logarithm"),
  uninfluenced: z.enum(["uniform", "zero"]).default("uniform").describe(
    "entropy of a test example whose weights are all 0: that of equal weights, or 0",
  ),
  unknown: z.enum(["refuse", "skip"]).default("refuse").describe(
    "what becomes of influences that are NaN, of examples that were in all or in none of the models: an error, or they " +
      "are left out of the support",
  ),
  normalize: z.boolean().default(true).describe(
    "whether weights are divided by their sum; otherwise they enter as they are, and the result is no entropy",
  ),
  relative: z.boolean().default(false).describe(
    "whether it is divided by that of equal weights, so that supports of other sizes can be compared",
  ),
});

/** How influences become an entropy; the last conventions may be left at their defaults. */
export type EntropyOptions =
  & Omit<z.output<typeof entropyParams>, Late>
  & Partial<Pick<z.output<typeof entropyParams>, Late>>;
type Late = "normalize" | "relative" | "unknown";

const logarithms = { e: Math.log, 2: Math.log2, 10: Math.log10 } as const;

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
  const log = logarithms[options.base];
  const { normalize = true, relative = false } = options;
  const unit = relative ? log(weights.length) || 1 : 1;
  let sum = 0;
  for (const weight of weights) sum += weight;
  if (sum === 0) return options.uninfluenced === "zero" ? 0 : log(weights.length) / unit;
  let entropy = 0;
  for (const weight of weights) {
    const p = normalize ? weight / (sum + options.smoothing) : weight;
    if (p > 0) entropy -= p * log(p + options.smoothing);
  }
  return entropy / unit;
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
