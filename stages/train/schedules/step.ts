/** @file The rate drops by a factor after given fractions of the epochs, between epochs. */
import { z } from "zod";
import type { Schedule } from "./schedule.ts";
import { warmup } from "./warmup.ts";

const spec = z.object({
  kind: z.literal("step"),
  warmup,
  at: z.array(z.number().gt(0).lt(1)).readonly().default([0.3, 0.6, 0.8]).describe(
    "Fractions of the epochs after which it drops",
  ),
  factor: z.number().positive().default(0.2).describe("What the rate is multiplied by at each drop"),
});

/** `factor ** (drops so far)`; by default drops of 0.2 at 30, 60 and 80 %, as in davda54/sam's example. */
export const step: Schedule<typeof spec> = {
  spec,
  factor({ at, factor }, { step, stepsPerEpoch, epochs }) {
    const epoch = Math.floor(step / stepsPerEpoch);
    return factor ** at.filter((fraction) => epoch >= fraction * epochs - 1e-9).length;
  },
};
