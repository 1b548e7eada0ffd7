/** @file The influence entropy of each bucket: what its number stands for. */
import { z } from "zod";
import { stage } from "../../dsl/mod.ts";
import { Buckets, Metrics } from "../artifacts/mod.ts";
import { meanInterval } from "./interval.ts";
import { metricsOf } from "./metrics_of.ts";

/**
 * Measure "influence entropy", slices "bucket 1" (least) and up: metrics "mean" with its interval over test examples,
 * "least" and "largest", in the unit of the entropy (nats by default). n is the number of test examples.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Buckets } from "engram/stages/artifacts/mod.ts";
 * import * as stats from "engram/stages/stats/mod.ts";
 * function graph(buckets: Node<typeof Buckets, "one">) {
 *   return { entropy: stats.entropyByBucket({ buckets }) };
 * }
 * ```
 */
export const entropyByBucket = stage({
  name: "entropy-by-bucket",
  doc: "Mean, least and largest influence entropy of each bucket",
  inputs: { buckets: Buckets },
  params: z.object({}),
  output: Metrics,
  run({ buckets }) {
    const rows = Map.groupBy(buckets.example.keys(), (row) => buckets.bucket[row]!);
    return metricsOf(
      [...rows].sort(([a], [b]) => a - b).flatMap(([bucket, members]) => {
        const values = members.map((row) => buckets.entropy[row]!);
        const about = { measure: "influence entropy", slice: `bucket ${bucket}`, n: values.length };
        const alone = (value: number) => ({ value, low: NaN, high: NaN });
        return [
          { ...about, metric: "mean", ...meanInterval(values) },
          { ...about, metric: "least", ...alone(values.reduce((least, value) => Math.min(least, value))) },
          { ...about, metric: "largest", ...alone(values.reduce((most, value) => Math.max(most, value))) },
        ];
      }),
    );
  },
});
