/** @file The private classifiers there are, by name: what the stage `release` may be asked for. */
import { z } from "zod";
import type { Rows } from "../clip.ts";
import type { NoiseSource } from "../noise/source.ts";
import type { Relation } from "../relation.ts";
import type { Budget } from "./budget.ts";
import { coinPress } from "./coin_press.ts";
import type { PrivateHead } from "./head.ts";
import { solving } from "./least_squares.ts";
import { linearProbe } from "./linear_probe.ts";
import { noisyMeans } from "./mean.ts";
import { choosing } from "./public_prototypes.ts";
import { spreadOf } from "./public_spread.ts";

const share = z.number().min(0).lt(1);

/** Which classifier, with what is its own. */
export const methodSpec = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("mean").describe("DPPL-Mean: a noisy mean a class"),
    bound: z.number().positive().default(1).describe("length that embeddings are cut to"),
    sizeShare: share.default(0).describe("share of the budget for noisy sizes; 0: prototypes are noisy sums"),
  }),
  z.object({
    kind: z.literal("coinPress").describe("DPPL-Mean by CoinPress: smaller and smaller balls"),
    slack: z.number().min(1).default(1.25).describe("how much further than public classes private ones may be from 0"),
    sizeShare: share.default(0.05).describe("share of the budget for noisy sizes"),
  }),
  z.object({
    kind: z.literal("public").describe("DPPL-Public: public examples chosen by the exponential mechanism"),
    low: z.number().min(0).lt(2).default(0).describe("cut of 1 + cosine"),
    high: z.number().gt(0).max(2).default(2).describe("cut of 1 + cosine"),
    k: z.int().min(1).default(1).describe("prototypes a class"),
  }),
  z.object({
    kind: z.literal("linearProbe").describe("softmax regression by noisy gradient descent"),
    steps: z.int().min(1).default(20),
    lr: z.number().positive().default(5),
    momentum: z.number().min(0).lt(1).default(0.9),
    clip: z.number().positive().default(1).describe("largest norm of an example's gradient"),
    sizeShare: share.default(0.05).describe("share of the budget for the noisy number of examples"),
  }),
  z.object({
    kind: z.literal("leastSquares").describe("a linear head from noisy sufficient statistics"),
    targetWeight: z.number().positive().default(1),
    floor: z.number().positive().default(0.3).describe("least eigenvalue, in the noise's level"),
  }),
]);

/** A private classifier. */
export type MethodSpec = z.output<typeof methodSpec>;

/** Private rows by class, and public ones by class and together. */
export interface Task {
  readonly own: readonly Rows[];
  readonly candidates: { readonly all: Rows; readonly classes: readonly Rows[] };
}

/** Prepares the releases of a classifier of a task: each draw is one. */
export function releasing<R extends Relation>(
  { own, candidates }: Task,
  method: MethodSpec,
  { relation, budget }: { readonly relation: R; readonly budget: Budget },
): (noise: NoiseSource) => PrivateHead<R> {
  const common = { relation, budget };
  switch (method.kind) {
    case "mean": {
      const { kind: _, ...how } = method;
      return (noise) => noisyMeans(own, { ...common, ...how }, noise);
    }
    case "coinPress": {
      const { scale, reach } = spreadOf(candidates.classes);
      const centre = new Float64Array(candidates.all.shape[1]);
      const radius = method.slack * reach / scale;
      return (noise) => coinPress(own, { ...common, centre, scale, radius, sizeShare: method.sizeShare }, noise);
    }
    case "public": {
      const { low, high, k } = method;
      return choosing(own, { ...common, candidates: candidates.all, cut: { low, high }, k });
    }
    case "linearProbe": {
      const { kind: _, ...how } = method;
      return (noise) => linearProbe(own, { ...common, ...how }, noise);
    }
    case "leastSquares": {
      const { kind: _, ...how } = method;
      return solving(own, { ...common, ...how });
    }
  }
}
