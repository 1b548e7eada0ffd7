/** @file Buckets of test examples by the entropy of their influences: Kim et al., arXiv 2310.00488, equation 3. */
import { z } from "zod";
import { stage, type Value } from "../../dsl/mod.ts";
import { Buckets, Dataset, Influence, NO_EXAMPLE } from "../artifacts/mod.ts";
import { trainCount } from "../stats/zoo.ts";

const params = z.object({
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
  buckets: z.int().min(1).default(5).describe("how many buckets of equal count"),
});

/** How influences become an entropy. */
export type EntropyOptions = Omit<z.output<typeof params>, "buckets">;

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
export function influenceEntropyOf(influences: Iterable<number>, options: EntropyOptions): number {
  const weights = weightsOf(Float64Array.from(influences), options);
  const log = options.base === 2 ? Math.log2 : Math.log;
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum === 0) return options.uninfluenced === "zero" ? 0 : log(weights.length);
  return weights.reduce((entropy, weight) => {
    const p = weight / (sum + options.smoothing);
    return p === 0 ? entropy : entropy - p * log(p + options.smoothing);
  }, 0);
}

function weightsOf(influences: Float64Array, { transform, topK }: EntropyOptions): Float64Array {
  const least = influences.reduce((min, v) => Math.min(min, v), Infinity);
  const transforms = {
    abs: (v: number) => Math.abs(v),
    relu: (v: number) => Math.max(v, 0),
    shift: (v: number) => v - least,
  };
  const weights = influences.map(transforms[transform]);
  return topK === "all" || topK >= weights.length ? weights : weights.sort().subarray(weights.length - topK);
}

/**
 * Test examples sorted by influence entropy (equal ones by id) and cut into buckets of equal count; where the count
 * does not divide, the first buckets have one more. Bucket 1 has the lowest entropy: its examples depend on few
 * training examples, they are the most atypical. `data` is the set the influence was estimated on.
 *
 * @throws RangeError when an influence is NaN, a support is empty, or there are fewer test examples than buckets.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Dataset, Influence } from "engram/stages/artifacts/mod.ts";
 * import * as bucket from "engram/stages/bucket/mod.ts";
 * function graph(influence: Node<typeof Influence, "one">, data: Node<typeof Dataset, "one">) {
 *   return { buckets: bucket.influenceEntropy({ influence, data }, { transform: "relu", buckets: 5 }) };
 * }
 * ```
 */
export const influenceEntropy = stage({
  name: "influence-entropy",
  doc: "Test examples in buckets of equal count by the entropy of their influences, bucket 1 = most atypical",
  inputs: { influence: Influence, data: Dataset },
  params,
  output: Buckets,
  run({ influence, data }, { buckets, ...options }, context) {
    checkExamples(influence, data);
    const tests = influence.example.length;
    if (tests < buckets) {
      throw new RangeError(
        `Cannot cut ${tests} test examples into ${buckets} buckets: use fewer buckets or more examples`,
      );
    }
    const rows = Array.from({ length: tests }, (_, j) => supportOf(influence, j));
    const entropy = Float64Array.from(rows, (row) => influenceEntropyOf(row, options));
    const flat = rows.filter((row) => row.every((v) => v === row[0])).length;
    if (flat > 0) {
      context.log(`${flat} of ${tests} test examples have equal influences throughout: the zoo cannot tell them apart`);
    }
    return { example: influence.example, entropy, bucket: equalCountBuckets(entropy, influence.example, buckets) };
  },
});

/** The influences on test row `j`, without what fills the row up. */
function supportOf(influence: Value<typeof Influence>, j: number): Float32Array {
  const width = influence.influence.shape[1] ?? 0;
  const ids = influence.train.data.subarray(j * width, (j + 1) * width);
  const end = ids.indexOf(NO_EXAMPLE);
  const row = influence.influence.data.subarray(j * width, j * width + (end < 0 ? width : end));
  if (row.length === 0) {
    throw new RangeError(
      `Cannot take the entropy of no influences: test example ${influence.example[j]} has no training example of its ` +
        `class; use support "all" or more training examples`,
    );
  }
  const unknown = row.findIndex(Number.isNaN);
  if (unknown >= 0) {
    throw new RangeError(
      `Cannot take the entropy of influences that are NaN: training example ${ids[unknown]} was in all or in none of ` +
        `the models; use a design that leaves every example out of some models, such as "exact-half"`,
    );
  }
  return row;
}

/** Bucket 1 ... `buckets` of each row, by value and then by id. */
function equalCountBuckets(values: Float64Array, ids: Uint32Array, buckets: number): Int32Array {
  const order = Array.from(values.keys()).sort((a, b) => values[a]! - values[b]! || ids[a]! - ids[b]!);
  const [size, larger] = [Math.floor(order.length / buckets), order.length % buckets];
  const bucketOf = new Int32Array(order.length);
  for (const [rank, row] of order.entries()) {
    const fromLarger = Math.floor(rank / (size + 1));
    bucketOf[row] = 1 + (fromLarger < larger ? fromLarger : Math.floor((rank - larger) / size));
  }
  return bucketOf;
}

function checkExamples(influence: Value<typeof Influence>, data: Value<typeof Dataset>): void {
  const tests = data.id.subarray(trainCount(data));
  if (tests.length !== influence.example.length || tests.some((id, j) => id !== influence.example[j])) {
    throw new RangeError(
      `Cannot bucket by an influence on ${influence.example.length} examples that are not the ${tests.length} of the ` +
        `test split: wire the "data" that it was estimated on`,
    );
  }
}
