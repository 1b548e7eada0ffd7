/** @file What a gain depends on, example by example: gain ~ influence entropy + difficulty. */
import { z } from "zod";
import { didYouMean, many, stage, type Value } from "../../dsl/mod.ts";
import { stream } from "../../engine/random.ts";
import { Buckets, Dataset, Masks, Metrics, Predictions, Scores } from "../artifacts/mod.ts";
import { ranks } from "../score/correlation.ts";
import { bootstrapParams } from "./attack_success.ts";
import { correctness } from "./correctness.ts";
import { metricsOf } from "./metrics_of.ts";
import { twoLevelInterval } from "./two_level.ts";
import { weightedFit } from "./weighted_fit.ts";
import { Zoo } from "./zoo.ts";

const TERMS = { entropy: [0], difficulty: [1], both: [0, 1] } as const;

/**
 * Least squares over test examples of a model's gain (right with one optimizer less right with the other, on the same
 * mask: -1, 0 or 1) on the example's influence entropy and another score, each as ranks scaled to standard deviation 1.
 * Coefficients are changes of the gain, as fractions, for one standard deviation.
 *
 * Measure "gain ~ entropy + difficulty" has slices "entropy" and "difficulty", each at the other's equal; "gain ~ entropy"
 * and "gain ~ difficulty" stand alone. Metric "coefficient"; a row a model, and the mean with its interval over models
 * and examples ({@link twoLevelInterval}).
 *
 * Entropy and score must be of other models than those that gain, or errors they share look like dependence.
 *
 * @throws RangeError when a test example has no entropy or no score.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Buckets, Dataset, Masks, Predictions, Scores } from "engram/stages/artifacts/mod.ts";
 * import * as stats from "engram/stages/stats/mod.ts";
 * type Logits = Node<typeof Predictions, "many">;
 * type Sets = { data: Node<typeof Dataset, "one">; masks: Node<typeof Masks, "many"> };
 * function graph(sets: Sets, gained: Logits, base: Logits, buckets: Node<typeof Buckets, "one">, scores: Node<typeof Scores, "one">) {
 *   return { regression: stats.regressGain({ ...sets, gained, base, buckets, scores }, { score: "difficulty" }) };
 * }
 * ```
 */
export const regressGain = stage({
  name: "regress-gain",
  doc: "Least squares of the gain of one zoo over another on influence entropy and difficulty, over test examples",
  inputs: {
    masks: many(Masks),
    gained: many(Predictions),
    base: many(Predictions),
    data: Dataset,
    buckets: Buckets,
    scores: Scores,
  },
  params: z.object({
    score: z.string().default("difficulty").describe("The score beside the entropy"),
    ...bootstrapParams,
  }),
  output: Metrics,
  async run({ masks, gained, base, data, buckets, scores }, { score, replicates, seed }, context) {
    const [more, less] = [new Zoo({ masks, logits: gained, data }), new Zoo({ masks, logits: base, data })];
    const tests = more.ids.subarray(more.train);
    const columns = [
      scaled(valuesOf(tests, buckets.example, buckets.entropy, "entropy")),
      scaled(scoresOf(tests, scores, score)),
    ];
    const gains: Float64Array[] = [];
    for (let index = 0; index < more.length; index++) {
      context.signal.throwIfAborted();
      const [with_, without] = [await more.at(index), await less.at(index)]
        .map((model) => correctness(model, more.labels).subarray(more.train)) as [Uint8Array, Uint8Array];
      gains.push(Float64Array.from(with_, (right, j) => right - without[j]!));
    }
    const random = stream(seed, "regress-gain", "examples");
    const draws = Array.from({ length: replicates }, () => {
      const weights = new Float64Array(tests.length);
      for (const at of random.integers(tests.length, 0, tests.length)) weights[at]! += 1;
      return weights;
    });
    const once = new Float64Array(tests.length).fill(1);
    const measures = {
      [`gain ~ entropy + ${score}`]: TERMS.both,
      "gain ~ entropy": TERMS.entropy,
      [`gain ~ ${score}`]: TERMS.difficulty,
    };
    const rows = Object.entries(measures).flatMap(([measure, terms]) => {
      const X = terms.map((term) => columns[term]!);
      const estimates = weightedFit(X, gains, once);
      const resampled = draws.map((weights) => weightedFit(X, gains, weights));
      return terms.flatMap((term, at) => {
        const slice = term === 0 ? "entropy" : score;
        const replicated = {
          estimates: estimates.map((fit) => fit[at]!),
          replicates: resampled.map((fits) => fits.map((fit) => fit[at]!)),
        };
        const models = stream(seed, "regress-gain", measure, slice);
        const mean = { model: -1, n: gains.length, ...twoLevelInterval(replicated, models, [-Infinity, Infinity]) };
        const own = replicated.estimates.map((value, model) => ({
          model,
          n: tests.length,
          value,
          low: NaN,
          high: NaN,
        }));
        return [mean, ...own].map((row) => ({ measure, metric: "coefficient", slice, ...row }));
      });
    });
    return metricsOf(rows);
  },
});

function scoresOf(tests: Uint32Array, scores: Value<typeof Scores>, score: string): Float64Array {
  const rows = [...scores.example.keys()].filter((row) => scores.score[row] === score);
  if (rows.length === 0) {
    throw new RangeError(`Cannot regress on score "${score}": ${didYouMean(score, new Set(scores.score))}`);
  }
  return valuesOf(tests, rows.map((row) => scores.example[row]!), rows.map((row) => scores.value[row]!), score);
}

function valuesOf(tests: Uint32Array, ids: ArrayLike<number>, values: ArrayLike<number>, what: string): Float64Array {
  const valueOf = new Map(Array.from(ids, (id, i) => [id, values[i]!]));
  return Float64Array.from(tests, (id) => {
    const value = valueOf.get(id);
    if (value === undefined || Number.isNaN(value)) {
      throw new RangeError(`Cannot regress on "${what}": test example ${id} has none; wire one of all test examples`);
    }
    return value;
  });
}

/** Ranks with mean 0 and standard deviation 1; zeros where nothing varies. */
function scaled(values: Float64Array): Float64Array {
  const ranked = ranks(values);
  const mean = ranked.reduce((sum, rank) => sum + rank, 0) / ranked.length;
  const deviation = Math.sqrt(ranked.reduce((sum, rank) => sum + (rank - mean) ** 2, 0) / ranked.length);
  return ranked.map((rank) => deviation === 0 ? 0 : (rank - mean) / deviation);
}
