/** @file Linear warm-up, part of every schedule (Goyal et al. 2017, arXiv 1706.02677, section 2.2). */
import { z } from "zod";
import type { Clock } from "./schedule.ts";

/** How many epochs the rate grows for; fractions count. */
export const warmup = z.number().min(0).default(0).describe("Epochs over which the rate grows linearly from about 0");

/** `min(1, (step + 1) / steps)` for the number of steps in so many epochs. */
export function warmupFactor(epochs: number, { step, stepsPerEpoch }: Clock): number {
  return Math.min(1, (step + 1) / Math.max(1, epochs * stepsPerEpoch));
}
