/** @file Memorization behind buckets of test examples: of the training examples that each bucket's predictions rest on. */
import { z } from "zod";
import { many, stage, type Value } from "../../dsl/mod.ts";
import { Buckets, Dataset, Influence, Masks, Metrics, NO_EXAMPLE, Predictions } from "../artifacts/mod.ts";
import { correctness } from "./correctness.ts";
import { ModelMetrics } from "./model_metrics.ts";
import { Zoo } from "./zoo.ts";

/**
 * Measure "memorization", metric "memorization", slices "bucket 1" and up. Each test example rests on the training
 * examples of its support by the weights that its influence entropy is the entropy of,
 *
 *     p_i = |infl_i| / Σ |infl|      w_i(b) = mean over the test examples of bucket b of p_i
 *
 * and a model's number is its accuracy on members less that on non-members, both weighted by `w(b)`: its mean over models
 * estimates `Σ_i w_i(b) mem(i)`. The zoo is whichever is to be measured; influence and buckets are the baseline's for
 * all, so that zoos on the same masks can be paired.
 *
 * @throws RangeError when an example of the influence is not in the data set.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Buckets, Dataset, Influence, Masks, Predictions } from "engram/stages/artifacts/mod.ts";
 * import * as stats from "engram/stages/stats/mod.ts";
 * type Zoo = { data: Node<typeof Dataset, "one">; masks: Node<typeof Masks, "many">; logits: Node<typeof Predictions, "many"> };
 * function graph(zoo: Zoo, influence: Node<typeof Influence, "one">, buckets: Node<typeof Buckets, "one">) {
 *   return { memorization: stats.memorizationByBucket({ ...zoo, influence, buckets }) };
 * }
 * ```
 */
export const memorizationByBucket = stage({
  name: "memorization-by-bucket",
  doc: "Memorization of the training examples that each bucket of test examples depends on, by model",
  inputs: { masks: many(Masks), logits: many(Predictions), data: Dataset, influence: Influence, buckets: Buckets },
  params: z.object({}),
  output: Metrics,
  async run({ influence, buckets, ...inputs }, _params, context) {
    const zoo = new Zoo(inputs);
    const weights = weightsByBucket(influence, buckets, zoo);
    const metrics = new ModelMetrics([-1, 1]);
    for await (const model of zoo.models(context)) {
      const right = correctness(model, zoo.labels);
      for (const [bucket, weight] of weights) {
        const sums = { 0: { hits: 0, all: 0 }, 1: { hits: 0, all: 0 } };
        for (let i = 0; i < zoo.train; i++) {
          const side = sums[model.member[i] as 0 | 1];
          side.hits += right[i]! * weight[i]!;
          side.all += weight[i]!;
        }
        const value = sums[1].hits / sums[1].all - sums[0].hits / sums[0].all;
        const key = { measure: "memorization", metric: "memorization", slice: `bucket ${bucket}` };
        metrics.add(key, model.index, value, zoo.train);
      }
    }
    return metrics.table();
  },
});

/** Of each bucket, the weight of every training row, times the number of its test examples. */
function weightsByBucket(
  influence: Value<typeof Influence>,
  buckets: Value<typeof Buckets>,
  zoo: Zoo,
): [bucket: number, weight: Float64Array][] {
  const rowOf = new Map(zoo.ids.subarray(0, zoo.train).entries().map(([row, id]) => [id, row]));
  const bucketOf = new Map(buckets.example.entries().map(([row, id]) => [id, buckets.bucket[row]!]));
  const sums = new Map<number, Float64Array>();
  const width = influence.influence.shape[1] ?? 0;
  influence.example.forEach((id, j) => {
    const bucket = bucketOf.get(id);
    if (bucket === undefined) throw new RangeError(`Cannot place test example ${id}: it is in no bucket`);
    const weight = sums.get(bucket) ?? new Float64Array(zoo.train);
    sums.set(bucket, weight);
    const support = Array.from(influence.train.data.subarray(j * width, (j + 1) * width).entries())
      .filter(([, train]) => train !== NO_EXAMPLE)
      .map(([s, train]) => ({ train, size: Math.abs(influence.influence.data[j * width + s]!) }));
    const total = support.reduce((sum, { size }) => sum + size, 0);
    for (const { train, size } of support) {
      const row = rowOf.get(train);
      if (row === undefined) throw new RangeError(`Cannot weigh training example ${train}: the data set has none such`);
      weight[row]! += total === 0 ? 1 / support.length : size / total;
    }
  });
  return [...sums].sort(([a], [b]) => a - b);
}
