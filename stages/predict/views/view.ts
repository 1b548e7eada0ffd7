/** @file What a view is: a copy of an image made by moving its pixels. */
import type { z } from "zod";
import type { ImageShape } from "../../train/tensors.ts";

/**
 * One copy: for each pixel of the copy (row-major), the pixel of the image it is taken from, or -1 for a black one.
 */
export type PixelMap = Int32Array;

/** A kind of views. The first copy is always the image itself. */
export interface Views<S extends z.ZodObject> {
  readonly spec: S;
  maps(spec: z.output<S>, shape: ImageShape): readonly PixelMap[];
}

/** A map from where each pixel (y, x) of the copy comes from. */
export function pixelMap(
  { height, width }: ImageShape,
  source: (y: number, x: number) => readonly [y: number, x: number] | undefined,
): PixelMap {
  return Int32Array.from({ length: height * width }, (_, i) => {
    const from = source(Math.floor(i / width), i % width);
    return from === undefined ? -1 : from[0] * width + from[1];
  });
}
