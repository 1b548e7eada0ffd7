/** @file How far scores of single examples agree: their correlations over examples, corrected for reliability. */
import { z } from "zod";
import { didYouMean, named, stage, type Value } from "../../dsl/mod.ts";
import { stream } from "../../engine/random.ts";
import { Metrics, Scores } from "../artifacts/mod.ts";
import { bootstrapParams } from "./attack_success.ts";
import { type Kind, Ordered, weightedPearson } from "./correlations.ts";
import { type Estimate, metricsOf } from "./metrics_of.ts";
import { percentiles } from "./quantiles.ts";

/** What the names of a score's two halves end in. */
const HALVES = ["/even", "/odd"] as const;

/**
 * Correlates every two scores over the examples that have both, a row a pair and kind (measure: the one, slice: the
 * other; n: examples). A score is called like its input; several in one input, `input score`. Inputs called `sgd/even`
 * and `sgd/odd` are estimates of the score `sgd` from halves of the zoo that share no model. Metrics, each for
 * "spearman" and "pearson":
 *
 * - "spearman": of the two scores as they are. 1 on the diagonal.
 * - "spearman of halves": mean of the correlations of the one's even with the other's odd half and the reverse. On the
 *   diagonal this is the split-half correlation: the square root of the product of two diagonals is the ceiling for the
 *   pair. The errors of the two halves have nothing in common, whereas scores of zoos on the same masks share theirs.
 * - "spearman corrected": that, divided by the square root of the product of both diagonals: what the correlation would
 *   be if both zoos were endless (Spearman 1904). It may come out above 1. Only for scores with halves.
 *
 * Intervals resample examples, not models: they hold for the models at hand.
 *
 * @throws RangeError when an order names no score, or a score has only one half
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Scores } from "engram/stages/artifacts/mod.ts";
 * import * as stats from "engram/stages/stats/mod.ts";
 * function graph(memorization: Node<typeof Scores, "one">, lira: Node<typeof Scores, "one">) {
 *   return stats.correlateScores({ scores: { memorization, lira } }, { kinds: ["spearman"] });
 * }
 * ```
 */
export const correlateScores = stage({
  name: "correlate-scores",
  doc: "Correlations between scores of single examples, with intervals and corrected for reliability",
  inputs: { scores: named(Scores) },
  params: z.object({
    order: z.array(z.string()).min(1).readonly().optional().describe("Which scores, in order; all by default, by name"),
    kinds: z.array(z.enum(["spearman", "pearson"])).min(1).default(["spearman", "pearson"]),
    ...bootstrapParams,
  }),
  output: Metrics,
  run({ scores }, { order, kinds, replicates, seed }, context) {
    const series = new Series(scores);
    for (const name of order ?? []) {
      if (!series.names.includes(name)) {
        throw new RangeError(`Cannot correlate score "${name}": ${didYouMean(name, series.names)}`);
      }
    }
    const names = order ?? series.names;
    const random = stream(seed, "correlate-scores");
    const cells = names.flatMap((a, i) => names.slice(i).map((b) => ({ a, b })));
    function measured(weights: Float64Array): Correlations[] {
      const sample = series.sample(weights);
      return cells.flatMap(({ a, b }) => kinds.map((kind) => correlationsOf(sample, kind, a, b)));
    }
    const once = measured(new Float64Array(series.examples).fill(1));
    const drawn = Array.from({ length: replicates }, (_, done) => {
      context.signal.throwIfAborted();
      if (done % 50 === 49) context.progress({ done: done + 1, total: replicates, unit: "resamples" });
      const weights = new Float64Array(series.examples);
      for (const at of random.integers(series.examples, 0, series.examples)) weights[at]! += 1;
      return measured(weights);
    });
    const rows = cells.flatMap(({ a, b }, cell) =>
      kinds.flatMap((kind, k) => {
        const at = cell * kinds.length + k;
        return (Object.keys(once[at]!) as (keyof Correlations)[]).flatMap((statistic): Estimate[] => {
          const value = once[at]![statistic]!;
          const interval = percentiles(drawn.map((replicate) => replicate[at]![statistic]!));
          const metric = statistic === "whole" ? kind : `${kind} ${statistic}`;
          const row = { metric, value, ...interval, n: series.common(a, b) };
          return [{ measure: a, slice: b, ...row }, ...(a === b ? [] : [{ measure: b, slice: a, ...row }])];
        });
      })
    );
    const place = (row: Estimate) => names.indexOf(row.measure) * names.length + names.indexOf(row.slice);
    return metricsOf(rows.sort((a, b) => place(a) - place(b)));
  },
});

/** The correlations of two scores; of halves only where both have them. */
interface Correlations {
  readonly whole: number;
  readonly "of halves"?: number;
  readonly corrected?: number;
}

function correlationsOf(sample: Sample, kind: Kind, a: string, b: string): Correlations {
  const whole = a === b ? 1 : sample.correlation(kind, a, b);
  const [even, odd] = HALVES;
  if (![a, b].every((name) => HALVES.every((half) => sample.has(name + half)))) return { whole };
  function halves(x: string, y: string): number {
    const one = sample.correlation(kind, x + even, y + odd);
    return x === y ? one : (one + sample.correlation(kind, x + odd, y + even)) / 2;
  }
  const own = [halves(a, a), halves(b, b)] as const;
  const between = halves(a, b);
  // A reliability that is not positive cannot be corrected for.
  const corrected = a === b ? 1 : own.every((r) => r > 0) ? between / Math.sqrt(own[0] * own[1]) : NaN;
  return { whole, "of halves": between, corrected };
}

/** All scores over the union of their examples. */
class Series {
  /** Those that are no halves. */
  readonly names: readonly string[];
  readonly examples: number;
  readonly #known = new Map<string, { values: Float64Array; has: Uint8Array; pattern: string; order: Ordered }>();

  constructor(scores: Readonly<Record<string, Value<typeof Scores>>>) {
    const flat = Object.keys(scores).sort().flatMap((name) => {
      const { score } = scores[name]!;
      const kinds = [...new Set(score)];
      return kinds.map((kind) => ({ name: kinds.length === 1 ? name : `${name} ${kind}`, kind, of: scores[name]! }));
    });
    const ids = [...new Set(flat.flatMap(({ of }) => [...of.example]))].sort((a, b) => a - b);
    const place = new Map(ids.map((id, at) => [id, at]));
    this.examples = ids.length;
    for (const { name, kind, of } of flat) {
      const [values, has] = [new Float64Array(ids.length), new Uint8Array(ids.length)];
      of.example.forEach((id, row) => {
        if (of.score[row] !== kind || !Number.isFinite(of.value[row])) return;
        values[place.get(id)!] = of.value[row]!;
        has[place.get(id)!] = 1;
      });
      this.#known.set(name, { values, has, pattern: has.join(""), order: new Ordered(values) });
    }
    this.names = [...this.#known.keys()].filter((name) => !HALVES.some((half) => name.endsWith(half)));
    for (const name of this.#known.keys()) {
      const end = HALVES.find((half) => name.endsWith(half));
      const other = end === undefined ? name : name.slice(0, -end.length) + HALVES[1 - HALVES.indexOf(end)]!;
      if (!this.#known.has(other)) throw new RangeError(`Score "${name}" is a half: wire the other, "${other}", too`);
    }
    // Patterns are compared often; short names will do.
    const short = new Map([...new Set([...this.#known.values()].map(({ pattern }) => pattern))].map((p, i) => [p, i]));
    for (const known of this.#known.values()) known.pattern = String(short.get(known.pattern));
  }

  /** How many examples have both scores. */
  common(a: string, b: string): number {
    const [x, y] = [this.#known.get(a)!.has, this.#known.get(b)!.has];
    return x.reduce((sum, bit, i) => sum + (bit & y[i]!), 0);
  }

  /** The scores of a resample in which example i counts `weights[i]` times. */
  sample(weights: Float64Array): Sample {
    const known = this.#known;
    // Ranks are of the examples that both have: one pass for all scores that have the same.
    const memo = new Map<string, Float64Array>();
    function once(key: string, make: () => Float64Array): Float64Array {
      const made = memo.get(key) ?? make();
      memo.set(key, made);
      return made;
    }
    return {
      has: (name) => known.has(name),
      correlation(kind, a, b) {
        const [x, y] = [known.get(a)!, known.get(b)!];
        const pair = [x.pattern, y.pattern].sort().join("&");
        const own = once(pair, () => weights.map((w, i) => w * x.has[i]! * y.has[i]!));
        if (own.reduce((count, w) => count + Number(w > 0), 0) < 3) return NaN;
        if (kind === "pearson") return weightedPearson(x.values, y.values, own);
        const [rx, ry] = [
          once(`${pair}:${a}`, () => x.order.ranks(own)),
          once(`${pair}:${b}`, () => y.order.ranks(own)),
        ];
        return weightedPearson(rx, ry, own);
      },
    };
  }
}

interface Sample {
  has(name: string): boolean;
  correlation(kind: Kind, a: string, b: string): number;
}
