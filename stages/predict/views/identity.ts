/** @file The image itself, once. */
import { z } from "zod";
import { pixelMap, type Views } from "./view.ts";

const spec = z.object({ kind: z.literal("identity") });

/** One view. */
export const identity: Views<typeof spec> = { spec, maps: (_spec, shape) => [pixelMap(shape, (y, x) => [y, x])] };
