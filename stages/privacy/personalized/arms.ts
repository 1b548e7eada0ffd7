/** @file The predictors that PDP-OP is compared with, and their errors on one population. */
import type { ModelMetrics } from "../../stats/model_metrics.ts";
import { seededNoise } from "../noise/seeded.ts";
import type { NoiseSource } from "../noise/source.ts";
import { sampledRidge, uniformRidge } from "./baselines.ts";
import { personalizedRidge } from "./output_perturbation.ts";
import { squaredError, weightedRidge } from "./ridge.ts";
import type { Population } from "./synthetic.ts";

/** Predictors of a population, by name: each gives the parameters of one draw. */
const ARMS: Readonly<Record<string, (population: Population, lambda: number, noise: NoiseSource) => Float64Array>> = {
  "PDP-OP": ({ train, epsilons }, lambda, noise) => personalizedRidge(train, { epsilons, lambda }, noise).value,
  "Jorgensen, largest": ({ train, epsilons }, lambda, noise) => {
    const threshold = epsilons.reduce((a, b) => Math.max(a, b));
    return sampledRidge(train, { epsilons, lambda, threshold }, noise).value;
  },
  "Jorgensen, mean": ({ train, epsilons }, lambda, noise) => {
    const threshold = epsilons.reduce((a, b) => a + b) / epsilons.length;
    return sampledRidge(train, { epsilons, lambda, threshold }, noise).value;
  },
  "not personalized": ({ train, epsilons }, lambda, noise) => uniformRidge(train, { epsilons, lambda }, noise).value,
};

/** Adds the errors of all predictors on a population, each a mean over draws of the noise. */
export function addErrors(
  metrics: ModelMetrics,
  population: Population,
  index: number,
  { lambda, draws, seed }: { readonly lambda: number; readonly draws: number; readonly seed: number },
): void {
  const { train, test } = population;
  const equal = new Float64Array(train.y.length).fill(1 / train.y.length);
  const least = squaredError(test, weightedRidge(train, equal, lambda));
  const add = (measure: string, error: number) => {
    metrics.add({ measure, metric: "test squared error" }, index, error, test.y.length);
    metrics.add({ measure, metric: "excess squared error" }, index, error - least, test.y.length);
  };
  for (const [name, fit] of Object.entries(ARMS)) {
    const noise = seededNoise(seed, "compare", name, lambda, index);
    let sum = 0;
    for (let draw = 0; draw < draws; draw++) sum += squaredError(test, fit(population, lambda, noise));
    add(name, sum / draws);
  }
  add("not private", least);
  const mean = train.y.reduce((a, b) => a + b) / train.y.length;
  add("zero", constantError(test.y, 0));
  add("mean", constantError(test.y, mean));
}

function constantError(y: Float64Array, guess: number): number {
  return y.reduce((sum, value) => sum + (value - guess) ** 2, 0) / y.length;
}
