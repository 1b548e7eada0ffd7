/** @file How many models a score needs: estimates from few models of a zoo against those from the others. */
import { z } from "zod";
import { many, stage } from "../../dsl/mod.ts";
import { stream } from "../../engine/random.ts";
import { Dataset, Masks, Metrics, Predictions } from "../artifacts/mod.ts";
import { Ordered, weightedPearson } from "../stats/correlations.ts";
import { type Estimate, metricsOf } from "../stats/metrics_of.ts";
import { percentiles } from "../stats/quantiles.ts";
import { Zoo } from "../stats/zoo.ts";
import { type Answered, type BudgetScore, estimateFrom, read, SCORES } from "./budget_estimates.ts";

/**
 * Spearman's correlation, over examples, of a score estimated from K models of the zoo with the same score from others.
 * Measure: the score; slice "K models"; metrics:
 *
 * - "spearman with the rest": K random models against all that are left: no model in common. Below 1 for the errors of
 *   both sides.
 * - "spearman with all": against the whole zoo, the K among them, so that it tends to 1 as K grows whatever the score is
 *   worth.
 * - "split-half spearman": K models against K others, where there are as many: the reliability at K.
 *
 * Values are means over `repeats` draws of models. Intervals hold 95 % of what single draws give when examples are
 * resampled, too: where one zoo of K models may land, not how sure the mean is. Examples that a draw cannot estimate
 * (always in, or always out) are left out of it; n is the number of draws.
 *
 * @throws RangeError when a size is not below the number of models
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Dataset, Masks, Predictions } from "engram/stages/artifacts/mod.ts";
 * import * as score from "engram/stages/score/mod.ts";
 * type Zoo = { data: Node<typeof Dataset, "one">; masks: Node<typeof Masks, "many">; logits: Node<typeof Predictions, "many"> };
 * function graph(zoo: Zoo) {
 *   return { budget: score.budget(zoo, { score: "influence entropy", sizes: [8, 16, 32] }) };
 * }
 * ```
 */
export const budget = stage({
  name: "budget",
  doc: "Rank correlation of a score from few models with that from others, by number of models",
  inputs: { masks: many(Masks), logits: many(Predictions), data: Dataset },
  params: z.object({
    score: z.enum(SCORES).default("memorization"),
    sizes: z.array(z.int().min(2)).min(1).describe("numbers of models"),
    repeats: z.int().min(2).default(20).describe("random choices of so many models"),
    seed: z.int().default(0),
  }),
  output: Metrics,
  async run(inputs, { score, sizes, repeats, seed }, context) {
    const zoo = new Zoo(inputs);
    const large = sizes.find((size) => size >= zoo.length);
    if (large !== undefined) {
      throw new RangeError(
        `Cannot compare ${large} models with the rest of a zoo of ${zoo.length}: lower "sizes" or train more models`,
      );
    }
    const answered: Answered[] = [];
    for await (const model of zoo.models(context)) answered.push(read(model, zoo, score));
    const estimate = (chosen: ArrayLike<number>) => estimateFrom(Array.from(chosen, (k) => answered[k]!), zoo, score);
    const all = estimate(answered.keys().toArray());
    const rows: Estimate[] = [];
    for (const size of sizes) {
      const draws = { "spearman with the rest": [], "spearman with all": [], "split-half spearman": [] } as Draws;
      for (let repeat = 0; repeat < repeats; repeat++) {
        context.signal.throwIfAborted();
        const random = stream(seed, "budget", size, repeat);
        const order = random.permutation(answered.length);
        const few = estimate(order.subarray(0, size));
        const weights = resampled(few.length, random.integers(few.length, 0, few.length));
        const half = 2 * size <= answered.length ? estimate(order.subarray(size, 2 * size)) : undefined;
        const rest = half !== undefined && 2 * size === answered.length ? half : estimate(order.subarray(size));
        draws["spearman with the rest"].push(both(few, rest, weights));
        draws["spearman with all"].push(both(few, all, weights));
        if (half !== undefined) draws["split-half spearman"].push(both(few, half, weights));
      }
      for (const [metric, values] of Object.entries(draws)) {
        if (values.length > 0) rows.push(rowOf(score, metric, size, values));
      }
      context.progress({ done: sizes.indexOf(size) + 1, total: sizes.length, unit: "sizes" });
    }
    return metricsOf(rows);
  },
});

/** A correlation on all examples, and on a resample of them. */
type Draw = readonly [value: number, resampled: number];
type Draws = Record<"spearman with the rest" | "spearman with all" | "split-half spearman", Draw[]>;

function rowOf(measure: BudgetScore, metric: string, size: number, draws: readonly Draw[]): Estimate {
  const finite = draws.map(([value]) => value).filter(Number.isFinite);
  const value = finite.reduce((sum, v) => sum + v, 0) / finite.length;
  return { measure, metric, slice: `${size} models`, value, ...percentiles(draws.map(([, r]) => r)), n: draws.length };
}

function both(a: Float64Array, b: Float64Array, weights: Float64Array): Draw {
  const known = a.keys().filter((i) => Number.isFinite(a[i]) && Number.isFinite(b[i])).toArray();
  const [x, y] = [a, b].map((values) => new Ordered(Float64Array.from(known, (i) => values[i]!))) as [Ordered, Ordered];
  function spearman(weights: Float64Array): number {
    return weightedPearson(x.ranks(weights), y.ranks(weights), weights);
  }
  if (known.length < 3) return [NaN, NaN];
  return [spearman(new Float64Array(known.length).fill(1)), spearman(Float64Array.from(known, (i) => weights[i]!))];
}

function resampled(n: number, drawn: ArrayLike<number>): Float64Array {
  const weights = new Float64Array(n);
  for (let k = 0; k < drawn.length; k++) weights[drawn[k]!]! += 1;
  return weights;
}
