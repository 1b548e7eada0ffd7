/** @file Descent: what all optimizers here share after the gradient is known: decay, clipping, momentum, a rate. */
import { z } from "zod";
import type { Tf } from "../tensors.ts";
import { chain } from "./chain.ts";
import { clipByGlobalNorm } from "./clip.ts";
import { momentum } from "./momentum.ts";
import type { Transform } from "./optimizer.ts";
import { weightDecay } from "./weight_decay.ts";

/** Parameters of the descent, part of every optimizer's spec. */
export const descent = {
  lr: z.number().positive().describe("Learning rate, before the schedule's factor"),
  momentum: z.number().min(0).lt(1).default(0.9).describe("v = momentum v + g; w = w - lr v (PyTorch's convention)"),
  nesterov: z.boolean().default(false).describe("Nesterov's momentum: w = w - lr (g + momentum v)"),
  weightDecay: z.number().min(0).default(0).describe("L2 penalty coupled to the gradient: g + weightDecay w"),
  decayBiases: z.boolean().default(true).describe("Whether weight decay reaches biases"),
  clip: z.number().positive().optional().describe(
    "Largest global norm of the gradient, decay included; none: unclipped",
  ),
};

/** Parsed parameters of the descent. */
export type Descent = z.output<z.ZodObject<typeof descent>>;

/** Decay (unless the gradient has it already), clipping, momentum. */
export function descend(tf: Tf, spec: Descent, gradientHasDecay = false): Transform {
  return chain(
    weightDecay(tf, gradientHasDecay ? 0 : spec.weightDecay, !spec.decayBiases),
    clipByGlobalNorm(tf, spec.clip),
    momentum(tf, spec.momentum, spec.nesterov),
  );
}
