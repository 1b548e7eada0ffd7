/** @file Multinomial logistic regression on the pixels: a linear model, convex, the baseline. */
import { z } from "zod";
import { sizeOf } from "../tensors.ts";
import { applyDense, denseParameters } from "./dense.ts";
import type { Model } from "./model.ts";

const spec = z.object({ kind: z.literal("logistic") });

/** Logits `W x + b` of the normalized pixels. */
export const logistic: Model<typeof spec> = {
  spec,
  parameters: (_spec, { height, width, channels }, classes) =>
    denseParameters(sizeOf([height, width, channels]), [], classes),
  apply: (tf, _spec, parameters, x) => applyDense(tf, parameters, [], x),
};
