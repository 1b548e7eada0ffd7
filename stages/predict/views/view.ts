/** @file What a view is: a copy of an image made by moving or blending its pixels. */
import type { z } from "zod";
import type { ImageShape } from "../../train/tensors.ts";

/**
 * One copy: for each pixel of the copy (row-major), the pixel of the image it is taken from, or -1 for a black one.
 */
export type PixelMap = Int32Array;

/** One copy: each of its pixels a weighted mean of four pixels of the image, rounded. A black one has weights of 0. */
export interface Blend {
  readonly sources: Int32Array;
  readonly weights: Float32Array;
}

/** A kind of views. The first copy is always the image itself. */
export interface Views<S extends z.ZodObject> {
  readonly spec: S;
  maps(spec: z.output<S>, shape: ImageShape): readonly (PixelMap | Blend)[];
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

/** Copies one image of `channels` bytes a pixel, its pixels moved or blended. */
export function copyView(
  from: Uint8Array,
  offset: number,
  to: Uint8Array,
  start: number,
  view: PixelMap | Blend,
  channels: number,
): void {
  if (view instanceof Int32Array) {
    for (let pixel = 0; pixel < view.length; pixel++) {
      const source = view[pixel]!;
      for (let c = 0; c < channels; c++) {
        to[start + pixel * channels + c] = source < 0 ? 0 : from[offset + source * channels + c]!;
      }
    }
    return;
  }
  const { sources, weights } = view;
  for (let pixel = 0, k = 0; k < sources.length; pixel++, k += 4) {
    // A black pixel has weights of 0.
    const [a, b, c, d] = [weights[k]!, weights[k + 1]!, weights[k + 2]!, weights[k + 3]!];
    const [first, second, third, fourth] = [
      offset + Math.max(0, sources[k]!) * channels,
      offset + Math.max(0, sources[k + 1]!) * channels,
      offset + Math.max(0, sources[k + 2]!) * channels,
      offset + Math.max(0, sources[k + 3]!) * channels,
    ];
    for (let channel = 0; channel < channels; channel++) {
      const sum = a * from[first + channel]! + b * from[second + channel]! + c * from[third + channel]! +
        d * from[fourth + channel]!;
      to[start + pixel * channels + channel] = sum + 0.5;
    }
  }
}
