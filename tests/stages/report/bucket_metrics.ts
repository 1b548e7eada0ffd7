/** @file Accuracies by bucket of made-up zoos: several models a group, with their means and intervals. */
import { meanInterval } from "engram/stages/stats/mod.ts";
import { metrics, type Row } from "./made.ts";

/** Metrics of one zoo: in bucket `b` (from 1), model `m` has accuracy `at(b, m)`. */
export function bucketMetrics(models: number, at: (bucket: number, model: number) => number, buckets = 5) {
  return metrics(
    ...Array.from({ length: buckets }, (_, b): Row[] => {
      const values = Array.from({ length: models }, (_, m) => at(b + 1, m));
      const slice = `bucket ${b + 1}`;
      return [
        { slice, ...meanInterval(values), n: models },
        ...values.map((value, model): Row => ({ slice, value, model, n: 100 })),
      ];
    }).flat(),
  );
}

/** A zoo whose accuracy rises from 62 % to 98 %, and which gains `gain` in bucket 1 and less in each further one. */
export function zoo(gain: number, models = 8) {
  return bucketMetrics(models, (bucket, model) => {
    const typical = (bucket - 1) / 4;
    const wobble = 0.02 * Math.sin(3 * model + bucket) + 0.004 * Math.sin(7 * model + 100 * gain + bucket);
    return 0.62 + 0.36 * Math.sqrt(typical) + gain * (1 - typical) ** 2 + wobble * (1 - 0.8 * typical);
  });
}
