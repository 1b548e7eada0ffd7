/** @file Influence on a bucket: how much each training example helps the test examples of one bucket. */
import { z } from "zod";
import { stage } from "../../dsl/mod.ts";
import { Buckets, Influence, NO_EXAMPLE, Scores } from "../artifacts/mod.ts";

/**
 * Score "influence on bucket 1", one row a training example: the sum of its influences on the test examples of that
 * bucket, that is by how many of them a model trained on it gets more right. The standard error is not known.
 *
 * @throws RangeError when the bucket has no test example.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Buckets, Influence } from "engram/stages/artifacts/mod.ts";
 * import * as score from "engram/stages/score/mod.ts";
 * function graph(influence: Node<typeof Influence, "one">, buckets: Node<typeof Buckets, "one">) {
 *   return { influencers: score.influenceOn({ influence, buckets }, { bucket: 1 }) };
 * }
 * ```
 */
export const influenceOn = stage({
  name: "influence-on-bucket",
  doc: "How much each training example helps the test examples of one bucket",
  inputs: { influence: Influence, buckets: Buckets },
  params: z.object({ bucket: z.int().min(1).default(1).describe("Which bucket; 1 is the most atypical") }),
  output: Scores,
  run({ influence, buckets }, { bucket }) {
    const wanted = new Set(buckets.example.filter((_, row) => buckets.bucket[row] === bucket));
    if (wanted.size === 0) {
      const known = [...new Set(buckets.bucket)].sort((a, b) => a - b).join(", ");
      throw new RangeError(`Cannot sum influences on bucket ${bucket}, it has no test example; buckets are ${known}`);
    }
    const sums = new Map<number, number>();
    const width = influence.influence.shape[1] ?? 0;
    influence.example.forEach((id, j) => {
      const [of, inside] = [influence.train.data, wanted.has(id)];
      for (let at = j * width; at < (j + 1) * width && of[at] !== NO_EXAMPLE; at++) {
        sums.set(of[at]!, (sums.get(of[at]!) ?? 0) + (inside ? influence.influence.data[at]! : 0));
      }
    });
    const rows = [...sums].sort(([a], [b]) => a - b);
    return {
      example: Uint32Array.from(rows, ([id]) => id),
      score: rows.map(() => `influence on bucket ${bucket}`),
      value: Float64Array.from(rows, ([, sum]) => sum),
      standardError: new Float64Array(rows.length).fill(NaN),
    };
  },
});
