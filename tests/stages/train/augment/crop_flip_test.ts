/** @file The program's crops against a naive implementation, pixel by pixel. */
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import assert from "node:assert/strict";
import { compile } from "../../../../engine/mod.ts";
import { stream } from "../../../../engine/random.ts";
import { drawViews, gatherViews, pad } from "../../../../stages/train/augment/crop_flip.ts";

const IMAGES = 5;

/** The crop at (dy, dx) of an image padded with zeros, mirrored or not. */
function naiveCrop(
  pixels: Uint8Array,
  { height, width, channels }: { height: number; width: number; channels: number },
  crop: number,
  { image, dy, dx, flip }: { image: number; dy: number; dx: number; flip: boolean },
): number[] {
  const out: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [fromY, fromX] = [y + dy - crop, (flip ? width - 1 - x : x) + dx - crop];
      const inside = fromY >= 0 && fromY < height && fromX >= 0 && fromX < width;
      for (let c = 0; c < channels; c++) {
        out.push(inside ? pixels[((image * height + fromY) * width + fromX) * channels + c]! : 0);
      }
    }
  }
  return out;
}

Deno.test("gatherViews() crops and mirrors as a naive implementation does, for any shape and padding", async () => {
  const shapes = fc.record({
    height: fc.integer({ min: 1, max: 6 }),
    width: fc.integer({ min: 1, max: 6 }),
    channels: fc.integer({ min: 1, max: 3 }),
    crop: fc.integer({ min: 0, max: 3 }),
    flip: fc.boolean(),
    seed: fc.nat(),
  });
  await fc.assert(
    fc.asyncProperty(shapes, async ({ crop, flip, seed, ...shape }) => {
      const { height, width, channels } = shape;
      const pixels = Uint8Array.from(stream(seed, "pixels").integers(IMAGES * height * width * channels, 1, 256));
      const images = stream(seed, "images").integers(7, 0, IMAGES);
      const views = drawViews(stream(seed, "views"), { crop, flip }, shape, images);
      const table = pad(pixels, shape, crop);
      const program = compile(({ table, corner, flips }) => ({
        x: gatherViews(tf, table, corner, flip ? flips : undefined, shape, crop),
      }), {
        table: { dtype: "uint8", shape: [table.length / channels, channels] },
        corner: { dtype: "int32", shape: [7] },
        flips: { dtype: "int32", shape: [7] },
      });
      const { x } = await program.run({
        table: { dtype: "uint8", shape: [table.length / channels, channels], data: table },
        corner: { dtype: "int32", shape: [7], data: views.corner },
        flips: { dtype: "int32", shape: [7], data: views.flip },
      });
      await program.dispose();
      const [paddedHeight, paddedWidth] = [height + 2 * crop, width + 2 * crop];
      const expected = Array.from(views.corner, (corner, i) => {
        const image = Math.floor(corner / (paddedHeight * paddedWidth));
        const inImage = corner % (paddedHeight * paddedWidth);
        const [dy, dx] = [Math.floor(inImage / paddedWidth), inImage % paddedWidth];
        assert.ok(image === images[i] && dy <= 2 * crop && dx <= 2 * crop);
        return naiveCrop(pixels, shape, crop, { image, dy, dx, flip: views.flip[i] === 1 });
      }).flat();
      assert.deepEqual([...x.data], expected);
    }),
    { numRuns: 15 },
  );
});

Deno.test("drawViews() reaches every place and mirrors about half of the images", () => {
  const n = 4000;
  const shape = { height: 4, width: 4, channels: 1 };
  const { corner, flip } = drawViews(stream(1, "views"), { crop: 1, flip: true }, shape, new Int32Array(n));
  const counts = new Map<number, number>();
  corner.forEach((place) => counts.set(place, (counts.get(place) ?? 0) + 1));
  assert.deepEqual([...counts.keys()].sort((a, b) => a - b), [0, 1, 2, 6, 7, 8, 12, 13, 14]);
  // Five standard deviations of a binomial.
  for (const count of counts.values()) assert.ok(Math.abs(count - n / 9) < 5 * Math.sqrt(n * (1 / 9) * (8 / 9)));
  assert.ok(Math.abs(flip.reduce((sum, f) => sum + f, 0) - n / 2) < 5 * Math.sqrt(n / 4));
});
