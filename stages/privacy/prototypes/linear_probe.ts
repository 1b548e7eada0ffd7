/**
 * @file DP linear probing: softmax regression on embeddings by noisy gradient descent (Abadi et al. 2016, arXiv 1607.00133)
 * with all examples in every step, which is what Mehta et al. (2022), arXiv 2205.02973, find best for linear heads.
 */
import { checkCount, checkPositive } from "../check.ts";
import type { Rows } from "../clip.ts";
import { type Guarantee, guarantee } from "../guarantee.ts";
import { gaussian } from "../mechanisms/gaussian.ts";
import type { NoiseSource } from "../noise/source.ts";
import { checkRelation, type Relation } from "../relation.ts";
import { type Budget, rhoFor } from "./budget.ts";
import { type Examples, examplesOf, unfolded } from "./examples.ts";
import { checkClasses, headOf, type PartRelease, type PrivateHead } from "./head.ts";
import { checkSizeShare, noisySize } from "./mean.ts";
import { slabSum } from "./slab_sum.ts";

/** How a linear head is trained. */
export interface ProbeRequest<R extends Relation> {
  readonly relation: R;
  /** `{ rho }`, of the whole training. */
  readonly budget: Budget;
  readonly steps?: number;
  readonly lr?: number;
  readonly momentum?: number;
  /** Largest L2 norm of an example's gradient. None is longer than sqrt(2). */
  readonly clip?: number;
  /** Under add-remove: the share of the budget that goes into a noisy number of examples, which gradients are divided by. */
  readonly sizeShare?: number;
}

/**
 * A linear head of `steps` noisy gradients, each of noise multiplier `sqrt(steps / (2 rho))`. Everyone is in every step, so
 * the cost is that of all steps: no amplification by sampling.
 *
 * @throws TypeError for a budget of pure epsilon; RangeError for parameters out of range, as `noisyMeans()`
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { classify, linearProbe, seededNoise } from "engram/stages/privacy/mod.ts";
 * const classes = [1, -1].map((x) => ({ data: new Float64Array(50).fill(x), shape: [50, 1] as const }));
 * const { head } = linearProbe(classes, { relation: "add-remove", budget: { rho: 10 } }, seededNoise(1));
 * assert.deepEqual([...classify(head, { data: Float64Array.of(1, -1), shape: [2, 1] })], [0, 1]);
 * ```
 */
export function linearProbe<R extends Relation>(
  classes: readonly Rows[],
  { relation, budget, steps = 20, lr = 5, momentum = 0.9, clip = 1, sizeShare = 0.05 }: ProbeRequest<R>,
  noise: NoiseSource,
): PrivateHead<R> {
  checkRelation(relation);
  const rho = rhoFor("linearProbe", budget);
  checkClasses(classes, relation);
  checkCount("steps", steps);
  checkPositive("lr", lr);
  checkPositive("clip", clip);
  checkSizeShare(sizeShare);
  if (!(momentum >= 0 && momentum < 1)) throw new RangeError(`"momentum" is in [0, 1), not ${momentum}`);
  if (relation === "add-remove" && sizeShare === 0) {
    throw new RangeError(
      `"sizeShare" is above 0 for "linearProbe" under "add-remove": the number of examples is private`,
    );
  }
  const examples = examplesOf(classes);
  const releases: PartRelease<R>[] = [];
  let [size, left] = [examples.count, rho];
  if (relation === "add-remove") {
    const release = noisySize(examples.count, relation, { rho: rho * sizeShare }, noise);
    releases.push({ part: "", release });
    [size, left] = [Math.max(1, release.value[0]!), rho * (1 - sizeShare)];
  }
  const noiseMultiplier = Math.sqrt(steps / (2 * left));
  const promised: Guarantee<R> = guarantee(relation, { kind: "gaussian", noiseMultiplier, samplingRate: 1, steps });
  const origin = noise.origin;
  const width = examples.width * classes.length;
  const [weights, velocity] = [new Float64Array(width), new Float64Array(width)];
  for (let step = 0; step < steps; step++) {
    const fill = gradients(examples, weights, classes.length);
    const sum = slabSum({ count: examples.count, width, fill }, clip, relation);
    const { value } = gaussian(sum, { noiseMultiplier }, noise);
    for (let i = 0; i < width; i++) {
      velocity[i] = momentum * velocity[i]! + value[i]! / size;
      weights[i]! -= lr * velocity[i]!;
    }
  }
  releases.push({
    part: "",
    release: {
      value: weights,
      mechanism: "noisyGradients",
      parameters: { steps, noiseMultiplier, clip },
      guarantee: promised,
      noise: origin,
      arithmetic: "exact",
    },
  });
  const { vectors, bias } = unfolded(weights, examples.width, classes.length);
  return { head: headOf("linear", vectors, bias), releases };
}

/** Each example's gradient of its cross-entropy, `[d + 1, classes]`: `x (softmax - onehot)'`. */
function gradients({ x, width, y }: Examples, weights: Float64Array, classes: number) {
  const scores = new Float64Array(classes);
  return function (row: number, target: Float64Array): void {
    scores.fill(0);
    const own = x.subarray(row * width, row * width + width);
    for (let k = 0; k < width; k++) {
      for (let c = 0; c < classes; c++) scores[c]! += own[k]! * weights[k * classes + c]!;
    }
    const most = scores.reduce((a, b) => Math.max(a, b));
    let total = 0;
    for (let c = 0; c < classes; c++) total += scores[c] = Math.exp(scores[c]! - most);
    for (let c = 0; c < classes; c++) scores[c] = scores[c]! / total - (c === y[row] ? 1 : 0);
    for (let k = 0; k < width; k++) {
      for (let c = 0; c < classes; c++) target[k * classes + c] = own[k]! * scores[c]!;
    }
  };
}
