/** @file The image and its mirror image: the two queries of LiRA (Carlini et al. 2022, arXiv 2112.03570, section VI). */
import { z } from "zod";
import { pixelMap, type Views } from "./view.ts";

const spec = z.object({ kind: z.literal("mirror") });

/** Two views: as it is, left and right exchanged. */
export const mirror: Views<typeof spec> = {
  spec,
  maps: (_spec, shape) => [
    pixelMap(shape, (y, x) => [y, x]),
    pixelMap(shape, (y, x) => [y, shape.width - 1 - x]),
  ],
};
