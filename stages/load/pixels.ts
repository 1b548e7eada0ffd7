/** @file How features become pixels of 0-255: bytes as they are, other numbers by an affine scale. */
import { z } from "zod";

/** Which numbers the pixels 0 and 255 stand for. */
export type Range = readonly [low: number, high: number];

/** The parameter. */
export const rangeSchema = z.tuple([z.number(), z.number()]).refine(([low, high]) => low < high, {
  error: "the first number must be less than the second",
}).optional().describe("The numbers that pixels 0 and 255 stand for; without it features are whole numbers of 0-255");

/**
 * Pixels of features: `round(255 (v - low) / (high - low))`. The step is `(high - low) / 255`: features lose what is
 * finer. Without a range they must be whole numbers from 0 to 255, and stay what they are.
 *
 * @param where says which feature the i-th is, for messages: `row 3, column "age"`.
 * @throws RangeError for a feature that is NaN, outside the range, or, without one, no pixel.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { toPixels } from "engram/stages/load/pixels.ts";
 * assert(toPixels([-1, 0.5, 1], [-1, 1], (i) => `feature ${i}`).join() === "0,191,255");
 * assert.throws(() => toPixels([0.5], undefined, (i) => `feature ${i}`), /"range"/);
 * ```
 */
export function toPixels(
  features: ArrayLike<number>,
  range: Range | undefined,
  where: (i: number) => string,
): Uint8Array {
  if (range === undefined && features instanceof Uint8Array) return features;
  const [low, high] = range ?? [0, 255];
  const scale = 255 / (high - low);
  const pixels = new Uint8Array(features.length);
  for (let i = 0; i < features.length; i++) {
    const value = features[i]!;
    const isRight = value >= low && value <= high && (range !== undefined || Number.isInteger(value));
    if (!isRight) throw new RangeError(refusal(value, range, where(i)));
    pixels[i] = Math.round((value - low) * scale);
  }
  return pixels;
}

function refusal(value: number, range: Range | undefined, where: string): string {
  if (Number.isNaN(value)) return `Cannot use ${where}: it is no number (NaN); fill in or leave out what is missing`;
  if (range === undefined) {
    return `Cannot use ${where} as a pixel: it is ${value}, not a whole number of 0-255; give "range", the least and the ` +
      `greatest number there can be`;
  }
  return `Cannot use ${where} as a pixel: it is ${value}, outside "range" [${
    range.join(", ")
  }]; widen the range, or clip`;
}
