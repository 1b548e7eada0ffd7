/**
 * @file Linear interpolators under another norm: what flatter minima do to the confidence of unseen examples, and hence to
 * membership inference. After the linear theory of Kim et al., arXiv 2310.00488 (from its third version on).
 */
import { z } from "zod";
import { stage } from "../../dsl/mod.ts";
import { stream } from "../../engine/random.ts";
import { Metrics } from "../artifacts/mod.ts";
import { ModelMetrics } from "../stats/model_metrics.ts";
import { margins } from "./margins.ts";
import { minNorm } from "./min_norm.ts";

const params = z.object({
  eta: z.number().min(0).describe("Weight of the sharpness penalty in G = I + eta Sigma; 0: least Euclidean norm"),
  dimension: z.int().min(2).default(200).describe("Number of weights, more than training examples"),
  examples: z.int().min(1).default(50).describe("Training examples"),
  test: z.int().min(2).default(1000).describe("Unseen examples that the formulas are checked on"),
  decay: z.number().min(0).default(1).describe("Sigma's k-th eigenvalue is k^-decay, scaled to a mean of 1"),
  noise: z.number().min(0).lt(0.5).default(0).describe("Probability of a wrong label"),
  draws: z.int().min(2).default(20).describe("Data sets, each with another teacher"),
  seed: z.int().min(0).default(0),
});

/**
 * Draws a teacher t and n examples x ~ N(0, Sigma) with labels y = sign(t·x) of which a part is turned, and takes the
 * interpolator of least wᵀ G w, G = I + eta Sigma. eta = 0 is what (stochastic) gradient descent on the squared loss finds;
 * Sigma is that loss's Hessian, so a larger eta asks for a flatter solution, as SAM does.
 *
 * Every member has the margin y w·x = 1 exactly. Asking for a margin of at least 1 therefore finds all members, and its
 * advantage (also its AUC) is P(y w·x < 1) over unseen examples. (A likelihood-ratio attack would ask for a margin of
 * exactly 1 and be right always: for an interpolator it says nothing.)
 *
 * Measure "linear interpolator", a row a draw and their mean: "output variance" wᵀ Sigma w, "margin variance", "margin mean"
 * (closed forms), "predicted advantage" (closed form) and "measured advantage" (on `test` unseen examples), "test
 * accuracy", "squared norm". The same seed draws the same data for every eta, so that draws can be paired.
 *
 * @throws RangeError when there are not more weights than examples.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { theory } from "engram/mod.ts";
 * const flat = theory.interpolator({ eta: 10, decay: 1.5 });
 * assert(flat.params.dimension === 200);
 * ```
 */
export const interpolator = stage({
  name: "linear-interpolator",
  doc: "Least-norm linear interpolators: variance of unseen outputs, predicted and measured advantage of an attack",
  inputs: {},
  params,
  output: Metrics,
  run(_inputs, params, context) {
    const { dimension, examples, draws } = params;
    if (dimension <= examples) {
      throw new RangeError(
        `Cannot interpolate ${examples} examples with ${dimension} weights: raise "dimension" above "examples"`,
      );
    }
    const metrics = new ModelMetrics();
    for (let draw = 0; draw < draws; draw++) {
      context.signal.throwIfAborted();
      for (const [metric, value] of Object.entries(drawOne(params, draw))) {
        metrics.add({ measure: "linear interpolator", metric }, draw, value, params.test);
      }
      context.progress({ done: draw + 1, total: draws, unit: "draws" });
    }
    return metrics.table();
  },
});

function drawOne({ eta, dimension: d, examples: n, test, decay, noise, seed }: z.output<typeof params>, draw: number) {
  const random = stream(seed, "linear-interpolator", draw);
  const powers = Float64Array.from({ length: d }, (_, k) => (k + 1) ** -decay);
  const scale = powers.reduce((sum, power) => sum + power, 0) / d;
  const spectrum = powers.map((power) => power / scale);
  const teacher = Float64Array.from(random.at("teacher").normal(d));
  const sample = (part: string, count: number) => {
    const rows = Float64Array.from(random.at(part, "x").normal(count * d), (x, i) => x * Math.sqrt(spectrum[i % d]!));
    const turned = random.at(part, "labels").uniform(count);
    const labels = Float64Array.from(turned, (u, i) => Math.sign(dot(rows, i, teacher)) * (u < noise ? -1 : 1));
    return { rows, labels };
  };
  const seen = sample("members", n);
  const metric = spectrum.map((s) => 1 + eta * s);
  const weights = minNorm({ rows: seen.rows, n, metric, targets: seen.labels });
  const known = margins({ weights, teacher, spectrum, noise });
  const unseen = sample("unseen", test);
  const found = unseen.labels.map((label, i) => label * dot(unseen.rows, i, weights));
  const share = (holds: (margin: number) => boolean) => found.filter(holds).length / test;
  return {
    "output variance": known.outputVariance,
    "margin variance": known.variance,
    "margin mean": known.mean,
    "predicted advantage": known.below(1),
    "measured advantage": share((margin) => margin < 1),
    "test accuracy": share((margin) => margin > 0),
    "squared norm": weights.reduce((sum, w) => sum + w * w, 0),
  };
}

/** Row i of `rows` times `weights`. */
function dot(rows: Float64Array, i: number, weights: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < weights.length; k++) sum += rows[i * weights.length + k]! * weights[k]!;
  return sum;
}
