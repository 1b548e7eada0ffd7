/**
 * @file The image and its translations by a distance: the queries of the label-only augmentation attack (Choquette-Choo et
 * al. 2021, arXiv 2007.14321, section 3.2): all (dy, dx) with |dy| + |dx| = d, hence 4 d + 1 views.
 */
import { z } from "zod";
import { pixelMap, type Views } from "./view.ts";

const spec = z.object({
  kind: z.literal("shifts"),
  distance: z.int().positive().default(1).describe("|dy| + |dx| of every translation, in pixels"),
  fill: z.enum(["edge", "zero"]).default("edge").describe(
    "What enters at the border: the nearest pixel (the attack's public code), or black",
  ),
});

/** 4 d + 1 views: the image, then the translations by dy from -d to d, the negative dx first. */
export const shifts: Views<typeof spec> = {
  spec,
  maps({ distance, fill }, shape) {
    const places: [dy: number, dx: number][] = [[0, 0]];
    for (let dy = -distance; dy <= distance; dy++) {
      const dx = distance - Math.abs(dy);
      places.push(...(dx === 0 ? [[dy, 0]] : [[dy, -dx], [dy, dx]]) as [number, number][]);
    }
    return places.map(([dy, dx]) =>
      pixelMap(shape, (y, x) => {
        const [nearestY, nearestX] = [clamp(y - dy, shape.height), clamp(x - dx, shape.width)];
        const inside = nearestY === y - dy && nearestX === x - dx;
        return inside || fill === "edge" ? [nearestY, nearestX] : undefined;
      })
    );
  },
};

function clamp(index: number, extent: number): number {
  return Math.min(extent - 1, Math.max(0, index));
}
