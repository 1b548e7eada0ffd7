/** @file What load.npz, load.csv and load.arrow share: parameters, and features with a shape as a pool of examples. */
import { z } from "zod";
import { rangeSchema } from "./pixels.ts";
import { poolParams } from "./pool.ts";

/** Shape of an image: `[height, width, channel]`. */
export type ImageShape = readonly [number, number, number];

const length = z.int().min(1);

/** Parameters of all three. */
export const featureParams = {
  range: rangeSchema,
  shape: z.tuple([length, length, length]).optional().describe(
    "Height, width and channels of an example; that of the file, or a vector, if left out",
  ),
  firstLabel: z.int().default(0).describe("The label of the first class: 1 where classes count from 1"),
  ...poolParams,
};

/**
 * The shape of examples that the file says to have `own` lengths: those, where they are an image's; a vector is an image
 * of height 1 and one channel; `wanted` replaces both.
 *
 * @throws RangeError when `wanted` has another number of features, or `own` has too many axes.
 */
export function imageShape(own: readonly number[], wanted: ImageShape | undefined, name: string): ImageShape {
  const size = own.reduce((product, n) => product * n, 1);
  if (wanted !== undefined) {
    if (wanted[0] * wanted[1] * wanted[2] === size) return wanted;
    throw new RangeError(
      `Cannot give the examples of ${name} shape ${wanted.join("x")}: they have ${size} features (${own.join("x")})`,
    );
  }
  const [a, b, c] = own;
  if (own.length === 3) return [a!, b!, c!];
  if (own.length === 2) return [a!, b!, 1];
  if (own.length <= 1) return [1, a ?? 1, 1];
  throw new RangeError(
    `Cannot use the examples of ${name} as images: they are ${
      own.join("x")
    }; say height, width and channels by "shape"`,
  );
}
