/** @file What a learning-rate schedule is: a factor by which the optimizer's `lr` is multiplied, step by step. */
import type { z } from "zod";

/** Where training stands. */
export interface Clock {
  /** Steps taken so far, over all epochs; 0 at the first step. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  readonly epochs: number;
}

/** A kind of schedule. */
export interface Schedule<S extends z.ZodObject> {
  readonly spec: S;
  /** The factor for the step about to be taken. */
  factor(spec: z.output<S>, clock: Clock): number;
}
