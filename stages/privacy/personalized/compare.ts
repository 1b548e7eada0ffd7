/** @file comparePersonalized: test errors of PDP-OP, of what it is compared with, and of predictors that need no data. */
import { z } from "zod";
import { stage } from "../../../dsl/mod.ts";
import { Metrics } from "../../artifacts/mod.ts";
import { ModelMetrics } from "../../stats/model_metrics.ts";
import { addErrors } from "./arms.ts";
import { levelsSpec, syntheticPopulation } from "./synthetic.ts";

/**
 * Metric `test squared error` (no penalty in it) on synthetic people, for every arm: PDP-OP, sampling by Jorgensen et al. at
 * the largest and at the mean epsilon, the smallest epsilon for all; `not private`, `zero` and `mean` (of the training
 * targets, not private either) besides; and `excess squared error`, over `not private`, which depends little on what there is
 * to learn. A model is a population; each of its errors is a mean over `draws` of the noise, and
 * the interval is over populations. The authors have one population only.
 *
 * @example
 * ```ts
 * import * as privacy from "engram/stages/privacy/mod.ts";
 * const node = privacy.comparePersonalized({ lambda: 100, populations: 10, draws: 100 });
 * ```
 */
export const comparePersonalized = stage({
  name: "compare-personalized",
  doc: "Test errors of personalized private ridge regression and its baselines, on synthetic people",
  inputs: {},
  params: z.object({
    n: z.int().min(10).default(100).describe("people; a fifth are for testing"),
    d: z.int().min(1).default(30).describe("features"),
    levels: levelsSpec,
    lambda: z.number().positive().describe("of the penalty"),
    populations: z.int().min(1).describe("how many data sets"),
    draws: z.int().min(1).describe("of the noise, for each of them"),
    seed: z.int().nonnegative().default(0),
  }),
  output: Metrics,
  run(_inputs, { n, d, levels, lambda, populations, draws, seed }) {
    const metrics = new ModelMetrics();
    for (let index = 0; index < populations; index++) {
      const population = syntheticPopulation(n, d, levels, `${seed}/${index}`);
      addErrors(metrics, population, index, { lambda, draws, seed });
    }
    return metrics.table();
  },
});
