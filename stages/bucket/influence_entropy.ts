/** @file Buckets of test examples by the entropy of their influences: Kim et al., arXiv 2310.00488, equation 3. */
import { z } from "zod";
import { stage } from "../../dsl/mod.ts";
import { Buckets, Dataset, Influence } from "../artifacts/mod.ts";
import { entropiesOf } from "./entropies.ts";
import { entropyParams } from "./entropy.ts";
import { equalCountBuckets } from "./equal_count.ts";

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
  params: entropyParams.extend({
    buckets: z.int().min(1).default(5).describe("how many buckets of equal count"),
  }),
  output: Buckets,
  run({ influence, data }, { buckets, ...options }, context) {
    const tests = influence.example.length;
    if (tests < buckets) {
      throw new RangeError(
        `Cannot cut ${tests} test examples into ${buckets} buckets: use fewer buckets or more examples`,
      );
    }
    const entropy = entropiesOf(influence, data, options, (message) => context.log(message));
    return { example: influence.example, entropy, bucket: equalCountBuckets(entropy, influence.example, buckets) };
  },
});
