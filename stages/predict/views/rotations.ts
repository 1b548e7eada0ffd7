/**
 * @file The image and its rotations: the other queries of the label-only augmentation attack (Choquette-Choo et al. 2021,
 * arXiv 2007.14321, section 3.2): 2 r + 1 angles from -r to r degrees.
 */
import { z } from "zod";
import { type Blend, pixelMap, type Views } from "./view.ts";

const spec = z.object({
  kind: z.literal("rotations"),
  degrees: z.number().positive().max(180).default(9).describe("Largest angle"),
  steps: z.int().positive().optional().describe("Angles on each side; by default one a degree, at least one"),
  fill: z.enum(["edge", "zero"]).default("zero").describe(
    "What enters at the border: black (the attack's public code), or the nearest pixel",
  ),
});

/**
 * 2 s + 1 views, s angles on each side: the image, then the rotations about its middle from the most negative angle up,
 * the unrotated one left out. Pixels are interpolated bilinearly and rounded (the public code uses cubic splines; and its
 * r = 1 asks once, about the image alone: here it asks three times).
 */
export const rotations: Views<typeof spec> = {
  spec,
  maps({ degrees, steps = Math.max(1, Math.floor(degrees)), fill }, shape) {
    if (shape.height < 2 || shape.width < 2) {
      throw new RangeError(
        `Cannot rotate examples of ${shape.height}x${shape.width}: they are no images; use noise instead of rotations`,
      );
    }
    const angles = Array.from({ length: 2 * steps + 1 }, (_, i) => (i - steps) * degrees / steps);
    const turned = angles.filter((angle) => angle !== 0).map((angle) => rotation(shape, angle, fill));
    return [pixelMap(shape, (y, x) => [y, x]), ...turned];
  },
};

/** Each pixel of the copy from the four around the place it comes from; counter-clockwise for positive angles. */
function rotation({ height, width }: { height: number; width: number }, degrees: number, fill: "edge" | "zero"): Blend {
  const [cos, sin] = [Math.cos(degrees * Math.PI / 180), Math.sin(degrees * Math.PI / 180)];
  const [middleY, middleX] = [(height - 1) / 2, (width - 1) / 2];
  const sources = new Int32Array(height * width * 4);
  const weights = new Float32Array(height * width * 4);
  for (let i = 0; i < height * width; i++) {
    const [dy, dx] = [Math.floor(i / width) - middleY, i % width - middleX];
    let [y, x] = [middleY + cos * dy + sin * dx, middleX - sin * dy + cos * dx];
    const inside = y >= -1e-6 && y <= height - 1 + 1e-6 && x >= -1e-6 && x <= width - 1 + 1e-6;
    if (!inside && fill === "zero") continue;
    [y, x] = [clamp(y, height), clamp(x, width)];
    const [top, left] = [Math.min(Math.floor(y), height - 2), Math.min(Math.floor(x), width - 2)];
    const [down, right] = [y - top, x - left];
    [[top, left], [top, left + 1], [top + 1, left], [top + 1, left + 1]].forEach(([row, column], k) => {
      sources[4 * i + k] = row! * width + column!;
      weights[4 * i + k] = (k < 2 ? 1 - down : down) * (k % 2 === 0 ? 1 - right : right);
    });
  }
  return { sources, weights };
}

function clamp(place: number, extent: number): number {
  return Math.min(extent - 1, Math.max(0, place));
}
