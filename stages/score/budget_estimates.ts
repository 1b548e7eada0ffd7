/** @file Scores estimated from any models of a zoo, many times over: what `budget` compares. */
import { entropyParams, influenceEntropyOf } from "../bucket/entropy.ts";
import { correctness } from "../stats/correctness.ts";
import type { Zoo, ZooModel } from "../stats/zoo.ts";
import { answers } from "./answers.ts";
import { BitMatrix } from "./bits.ts";

/** The scores that can be estimated so. The entropy is of test examples, in the default conventions. */
export const SCORES = ["memorization", "log-confidence memorization", "influence entropy"] as const;

/** One of them. */
export type BudgetScore = typeof SCORES[number];

/** What is kept of a model. */
export interface Answered {
  readonly member: Uint8Array;
  /** By training example; or, of the entropy, by test example. */
  readonly value: Float32Array | Uint8Array;
}

/** What a score needs of a model. */
export function read(model: ZooModel, zoo: Zoo, score: BudgetScore): Answered {
  const labels = zoo.labels.subarray(0, zoo.train);
  const value = score === "memorization"
    ? correctness(model, labels)
    : score === "influence entropy"
    ? correctness(model, zoo.labels).slice(zoo.train)
    : Float32Array.from(answers(model, labels, "log-confidence"));
  return { member: model.member.slice(), value };
}

/** The score from these models; NaN where they do not tell. */
export function estimateFrom(models: readonly Answered[], zoo: Zoo, score: BudgetScore): Float64Array {
  return score === "influence entropy" ? entropies(models, zoo) : differences(models, zoo.train);
}

/** Mean with the example, less mean without it. */
function differences(models: readonly Answered[], n: number): Float64Array {
  const [sum, count] = [[0, 1], [0, 1]].map((sides) => sides.map(() => new Float64Array(n))) as [
    [Float64Array, Float64Array],
    [Float64Array, Float64Array],
  ];
  for (const { member, value } of models) {
    for (let i = 0; i < n; i++) {
      const side = member[i] === 1 ? 1 : 0;
      sum[side][i]! += value[i]!;
      count[side][i]! += 1;
    }
  }
  return sum[1].map((total, i) => total / count[1][i]! - sum[0][i]! / count[0][i]!);
}

const conventions = entropyParams.parse({});

/** Entropies of influences of the test example's own class, those that are not known left out. */
function entropies(models: readonly Answered[], zoo: Zoo): Float64Array {
  const tests = zoo.ids.length - zoo.train;
  const [M, T] = [new BitMatrix(zoo.train, models.length), new BitMatrix(tests, models.length)];
  models.forEach(({ member, value }, k) => {
    M.setColumn(k, member);
    T.setColumn(k, value);
  });
  const [inside, right] = [M.rowSums(), T.rowSums()];
  const train = Array.from({ length: zoo.train }, (_, i) => i);
  const classes = Map.groupBy(
    train.filter((i) => inside[i]! > 0 && inside[i]! < models.length),
    (i) => zoo.labels[i]!,
  );
  const supports = new Map([...classes].map(([label, rows]) => [label, Uint32Array.from(rows)]));
  return Float64Array.from({ length: tests }, (_, j) => {
    const support = supports.get(zoo.labels[zoo.train + j]!);
    if (support === undefined) return NaN;
    const both = T.product(j, M, support);
    const influences = Float64Array.from(support, (i, s) =>
      // In single precision, as `score.influence` stores them.
      Math.fround(both[s]! / inside[i]! - (right[j]! - both[s]!) / (models.length - inside[i]!)));
    return influenceEntropyOf(influences, conventions);
  });
}
