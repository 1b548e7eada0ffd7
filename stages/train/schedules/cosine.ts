/** @file Cosine annealing without restarts (Loshchilov & Hutter 2017, arXiv 1608.03983, eq. 5), step by step. */
import { z } from "zod";
import type { Schedule } from "./schedule.ts";
import { warmup } from "./warmup.ts";

const spec = z.object({
  kind: z.literal("cosine"),
  warmup,
  floor: z.number().min(0).max(1).default(0).describe("The factor that the last step would be followed by"),
});

/** `floor + (1 - floor) (1 + cos(pi t)) / 2` with `t` the fraction of all steps taken so far. */
export const cosine: Schedule<typeof spec> = {
  spec,
  factor({ floor }, { step, stepsPerEpoch, epochs }) {
    return floor + (1 - floor) * (1 + Math.cos(Math.PI * step / (stepsPerEpoch * epochs))) / 2;
  },
};
