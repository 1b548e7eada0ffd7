/** @file The synthetic people of PDP-OP's experiments: linear data without noise, and how much privacy each wants. */
import { z } from "zod";
import { direction } from "../noise/continuous.ts";
import { seededNoise } from "../noise/seeded.ts";
import { type NoiseSource, uniform } from "../noise/source.ts";
import type { Sample } from "./ridge.ts";

/** People, and the epsilons of those to train on. */
export interface Population {
  readonly train: Sample;
  readonly test: Sample;
  readonly epsilons: Float64Array;
}

/** How much privacy people want: shares of the cautious and the moderate, and where their epsilons begin. */
export interface Levels {
  readonly cautious: number;
  readonly moderate: number;
  /** Epsilons are uniform in [low, middle) for the cautious, in [middle, high) for the moderate, and `high` for others. */
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

const share = z.number().min(0).max(1);
const epsilon = z.number().positive();

/** Levels as a parameter: the authors' by default. */
export const levelsSpec = z.object({ cautious: share, moderate: share, low: epsilon, middle: epsilon, high: epsilon })
  .default({ cautious: 0.34, moderate: 0.43, low: 0.01, middle: 0.2, high: 1 })
  .describe("shares of people, and where their epsilons lie");

/**
 * `x` uniform in [0, 1]^d, `y = x theta / sqrt(d)` with `theta` a random direction. A fifth is for testing.
 *
 * @param seed of everything
 */
export function syntheticPopulation(n: number, d: number, levels: Levels, seed: string): Population {
  const [data, wishes] = [seededNoise(seed, "people"), seededNoise(seed, "epsilons")];
  const theta = direction(data, d);
  function sample(count: number): Sample {
    const x = Float64Array.from({ length: count * d }, () => uniform(data));
    const y = Float64Array.from({ length: count }, (_, i) => {
      return theta.reduce((sum, weight, a) => sum + weight * x[i * d + a]!, 0) / Math.sqrt(d);
    });
    return { x: { data: x, shape: [count, d] }, y };
  }
  const held = Math.ceil(n / 5);
  const train = sample(n - held);
  const epsilons = wishesOf(train.y.length, levels, wishes);
  return { train, test: sample(held), epsilons };
}

/** Everyone's epsilon: the cautious first, then the moderate, then others. */
export function wishesOf(n: number, levels: Levels, noise: NoiseSource): Float64Array {
  const { cautious, moderate, low, middle, high } = levels;
  const [few, some] = [Math.floor(cautious * n), Math.floor(moderate * n)];
  return Float64Array.from({ length: n }, (_, i) => {
    const [from, to] = i < few ? [low, middle] : i < few + some ? [middle, high] : [high, high];
    return from + (to - from) * uniform(noise);
  });
}
