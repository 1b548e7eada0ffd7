/** @file Split-half reliability of memorization and influence: how far a zoo of this size determines them. */
import { z } from "zod";
import { many, stage } from "../../dsl/mod.ts";
import { stream } from "../../engine/mod.ts";
import { Dataset, Masks, Metrics, Predictions } from "../artifacts/mod.ts";
import { correctness } from "../stats/correctness.ts";
import { metricsOf } from "../stats/metrics_of.ts";
import { Zoo } from "../stats/zoo.ts";
import { addPair, type Moments, noMoments, pearson, ranks } from "./correlation.ts";

/** 95 % of bootstrap replicates lie between these. */
const ENDS = [0.025, 0.975] as const;

/**
 * Splits the zoo's models into random halves, estimates the score on each, and correlates the two over training
 * examples ("memorization") or over pairs of a test and a training example of its class ("influence"). Metrics, means
 * over `splits`:
 *
 * - "pearson" and, for memorization, "spearman": of the halves.
 * - "spearman-brown": `2 r / (1 + r)` of the Pearson correlation, the reliability of the whole zoo. Correlations with
 *   this score can be no higher than its square root.
 *
 * Intervals resample examples (test examples, for influence), not models. Examples that a half never or always trained
 * on are left out of it.
 *
 * @throws RangeError with fewer than four models.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Dataset, Masks, Predictions } from "engram/stages/artifacts/mod.ts";
 * import * as score from "engram/stages/score/mod.ts";
 * type Zoo = { data: Node<typeof Dataset, "one">; masks: Node<typeof Masks, "many">; logits: Node<typeof Predictions, "many"> };
 * function graph(zoo: Zoo) {
 *   return { reliability: score.reliability(zoo, { score: "memorization", splits: 10 }) };
 * }
 * ```
 */
export const reliability = stage({
  name: "reliability",
  doc: "Split-half reliability of memorization or influence over random halves of the zoo",
  inputs: { masks: many(Masks), logits: many(Predictions), data: Dataset },
  params: z.object({
    score: z.enum(["memorization", "influence"]).default("memorization"),
    splits: z.int().min(1).default(10).describe("how many times the zoo is halved"),
    replicates: z.int().min(100).default(500).describe("bootstrap replicates of examples"),
    seed: z.int().default(0),
  }),
  output: Metrics,
  async run(inputs, { score, splits, replicates, seed }, context) {
    const zoo = new Zoo(inputs);
    if (zoo.length < 4) {
      throw new RangeError(`Cannot halve a zoo of ${zoo.length} models: raise "members" of subsample to four or more`);
    }
    const models: Answers[] = [];
    for await (const model of zoo.models(context)) {
      models.push({ member: model.member.slice(), right: correctness(model, zoo.labels) });
    }
    const halvings = Array.from({ length: splits }, (_, split): Halves => {
      const order = stream(seed, "reliability", split).permutation(models.length);
      const half = models.length >> 1;
      const [a, b] = [order.subarray(0, half), order.subarray(half)];
      return [Array.from(a, (k) => models[k]!), Array.from(b, (k) => models[k]!)];
    });
    const split = score === "memorization" ? memorizationPairs : influencePairs;
    // By statistic, then by split, the moments of each resampled unit.
    const units = halvings.map((halves) => {
      context.signal.throwIfAborted();
      return split(halves, zoo);
    });
    const names = Object.keys(units[0]!);
    const series = names.map((name) => ({ name, bySplit: units.map((unit) => unit[name]!) }));
    const rows = series.flatMap(({ name, bySplit }) => {
      const count = bySplit[0]!.length;
      const random = stream(seed, "reliability", "bootstrap", name);
      const value = meanCorrelation(bySplit, undefined);
      const drawn = Array.from(
        { length: replicates },
        () => meanCorrelation(bySplit, random.integers(count, 0, count)),
      );
      const row = { metric: name, value, ...percentiles(drawn), n: splits };
      return name === "pearson" ? [row, corrected(row)] : [row];
    });
    return metricsOf(rows.map((row) => ({ measure: `${score} reliability`, slice: "all", ...row })));
  },
});

/** One model: which training examples it was trained on, and which examples it gets right. */
interface Answers {
  readonly member: Uint8Array;
  readonly right: Uint8Array;
}
type Halves = [readonly Answers[], readonly Answers[]];
/** The moments of every unit, by statistic. */
type Units = Readonly<Record<string, readonly Moments[]>>;

function memorizationPairs(halves: Halves, zoo: Zoo): Units {
  const [a, b] = halves.map((half) => Float64Array.from({ length: zoo.train }, (_, i) => effect(half, i, i))) as [
    Float64Array,
    Float64Array,
  ];
  // Ranks are of the examples that both halves have.
  const both = (own: Float64Array, other: Float64Array) => own.map((x, i) => Number.isNaN(other[i]) ? NaN : x);
  const [rankA, rankB] = [ranks(both(a, b)), ranks(both(b, a))];
  function units(x: Float64Array, y: Float64Array): Moments[] {
    return Array.from(x, (_, i) => {
      const moments = noMoments();
      addPair(moments, x[i]!, y[i]!);
      return moments;
    });
  }
  return { pearson: units(a, b), spearman: units(rankA, rankB) };
}

function influencePairs([a, b]: Halves, zoo: Zoo): Units {
  const train = Array.from({ length: zoo.train }, (_, i) => i);
  const byClass = Map.groupBy(train, (i) => zoo.labels[i]!);
  const tests = Array.from({ length: zoo.ids.length - zoo.train }, (_, j) => zoo.train + j);
  const pearson = tests.map((j) => {
    const moments = noMoments();
    for (const i of byClass.get(zoo.labels[j]!) ?? []) addPair(moments, effect(a, i, j), effect(b, i, j));
    return moments;
  });
  return { pearson };
}

/** How much likelier the models trained on `train` are right about `row` than those that are not; NaN without either. */
function effect(models: readonly Answers[], train: number, row: number): number {
  let [inside, hits, out, outHits] = [0, 0, 0, 0];
  for (const { member, right } of models) {
    if (member[train] === 1) {
      inside += 1;
      hits += right[row]!;
    } else {
      out += 1;
      outHits += right[row]!;
    }
  }
  return hits / inside - outHits / out;
}

/** Mean over splits of the correlation over the drawn units, or over all. */
function meanCorrelation(bySplit: readonly (readonly Moments[])[], drawn: Int32Array | undefined): number {
  const values = bySplit.map((units) => {
    const total = noMoments();
    const count = drawn?.length ?? units.length;
    for (let k = 0; k < count; k++) {
      const unit = units[drawn?.[k] ?? k]!;
      for (let m = 0; m < 6; m++) total[m]! += unit[m]!;
    }
    return pearson(total);
  });
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

interface Row {
  readonly metric: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
}

/** Spearman (1910) and Brown (1910): the reliability of a zoo twice as large as a half. */
function corrected({ value, low, high, n }: Row): Row {
  const [v, l, h] = [value, low, high].map((r) => 2 * r / (1 + r)) as [number, number, number];
  return { metric: "spearman-brown", value: v, low: l, high: h, n };
}

function percentiles(values: readonly number[]): { low: number; high: number } {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const [low = NaN, high = NaN] = ENDS.map((p) => sorted[Math.round(p * (sorted.length - 1))] ?? NaN);
  return { low, high };
}
