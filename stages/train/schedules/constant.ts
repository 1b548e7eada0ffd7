/** @file The rate stays as it is. */
import { z } from "zod";
import type { Schedule } from "./schedule.ts";
import { warmup } from "./warmup.ts";

const spec = z.object({ kind: z.literal("constant"), warmup });

/** Factor 1. */
export const constant: Schedule<typeof spec> = { spec, factor: () => 1 };
