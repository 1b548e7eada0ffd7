/** @file The influence entropy of every test example. */
import type { Value } from "../../dsl/mod.ts";
import { type Dataset, type Influence, NO_EXAMPLE } from "../artifacts/mod.ts";
import { trainCount } from "../stats/zoo.ts";
import { type EntropyOptions, influenceEntropyOf } from "./entropy.ts";

/**
 * Entropies in the order of the influence's test examples.
 *
 * @throws RangeError when an influence is NaN, a support is empty, or the data set has other test examples
 */
export function entropiesOf(
  influence: Value<typeof Influence>,
  data: Value<typeof Dataset>,
  options: EntropyOptions,
  log: (message: string) => void,
): Float64Array {
  checkExamples(influence, data);
  const tests = influence.example.length;
  const rows = Array.from({ length: tests }, (_, j) => supportOf(influence, j, options.unknown === "skip"));
  const flat = rows.filter((row) => row.length > 0 && row.every((v) => v === row[0])).length;
  if (flat > 0) {
    log(`${flat} of ${tests} test examples have equal influences throughout: the zoo cannot tell them apart`);
  }
  return Float64Array.from(rows, (row) => row.length === 0 ? NaN : influenceEntropyOf(row, options));
}

/** The influences on test row `j`, without what fills the row up and, where they are skipped, those that are NaN. */
function supportOf(influence: Value<typeof Influence>, j: number, skip: boolean): Float32Array {
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
  if (skip) return row.filter((v) => !Number.isNaN(v));
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
