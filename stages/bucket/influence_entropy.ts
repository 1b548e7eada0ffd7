/** @file Buckets of test examples by the entropy of their influences: Kim et al., arXiv 2310.00488, equation 3. */
import { z } from "zod";
import { stage, type Value } from "../../dsl/mod.ts";
import { Buckets, Dataset, Influence, NO_EXAMPLE } from "../artifacts/mod.ts";
import { trainCount } from "../stats/zoo.ts";
import { entropyParams, influenceEntropyOf } from "./entropy.ts";
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

function checkExamples(influence: Value<typeof Influence>, data: Value<typeof Dataset>): void {
  const tests = data.id.subarray(trainCount(data));
  if (tests.length !== influence.example.length || tests.some((id, j) => id !== influence.example[j])) {
    throw new RangeError(
      `Cannot bucket by an influence on ${influence.example.length} examples that are not the ${tests.length} of the ` +
        `test split: wire the "data" that it was estimated on`,
    );
  }
}
