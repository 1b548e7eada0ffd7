/** @file comparePersonalizedOn: test errors of PDP-OP and of what it is compared with, on people of a table. */
import { z } from "zod";
import { stage, type Value } from "../../../dsl/mod.ts";
import { stream } from "../../../engine/random.ts";
import { Metrics, People } from "../../artifacts/mod.ts";
import { ModelMetrics } from "../../stats/model_metrics.ts";
import { seededNoise } from "../noise/seeded.ts";
import { addErrors } from "./arms.ts";
import type { Sample } from "./ridge.ts";
import { levelsSpec, wishesOf } from "./synthetic.ts";

/**
 * The metrics of `comparePersonalized()` on given people: a model is a random split of them, a fifth for testing, with wishes for
 * privacy of its own; the interval is over splits. The authors have one split, and draw wishes without a seed.
 *
 * @example
 * ```ts
 * import * as privacy from "engram/stages/privacy/mod.ts";
 * const people = privacy.insurance({ path: "insurance.csv" });
 * const node = privacy.comparePersonalizedOn({ people }, { lambda: 3, splits: 10, draws: 100 });
 * ```
 */
export const comparePersonalizedOn = stage({
  name: "compare-personalized-on",
  doc: "Test errors of personalized private ridge regression and its baselines, on people of a table",
  inputs: { people: People },
  params: z.object({
    levels: levelsSpec,
    lambda: z.number().positive().describe("of the penalty"),
    splits: z.int().min(1).describe("how many splits into training and test"),
    draws: z.int().min(1).describe("of the noise, for each of them"),
    seed: z.int().nonnegative().default(0),
  }),
  output: Metrics,
  run({ people }, { levels, lambda, splits, draws, seed }) {
    const n = people.y.length;
    const held = Math.ceil(n / 5);
    if (n < 10) throw new RangeError(`Cannot split ${n} people into training and test: give ten at least`);
    const metrics = new ModelMetrics();
    for (let index = 0; index < splits; index++) {
      const order = stream(seed, "compare personalized", index).permutation(n);
      const train = sampleOf(people, order.subarray(held));
      const epsilons = wishesOf(n - held, levels, seededNoise(`${seed}/${index}`, "epsilons"));
      const population = { train, test: sampleOf(people, order.subarray(0, held)), epsilons };
      addErrors(metrics, population, index, { lambda, draws, seed });
    }
    return metrics.table();
  },
});

function sampleOf({ x, y }: Value<typeof People>, rows: Int32Array): Sample {
  const [, d] = x.shape as [number, number];
  const data = new Float64Array(rows.length * d);
  rows.forEach((row, i) => data.set(x.data.subarray(row * d, row * d + d), i * d));
  return { x: { data, shape: [rows.length, d] }, y: Float64Array.from(rows, (row) => y[row]!) };
}
