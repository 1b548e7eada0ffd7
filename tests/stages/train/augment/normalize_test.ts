/** @file Normalization constants. */
import assert from "node:assert/strict";
import { normalization } from "../../../../stages/train/augment/normalize.ts";

// Three images of two pixels and two channels; the third is no member.
const pixels = Uint8Array.of(0, 7, 255, 7, 51, 7, 102, 7, 200, 1, 200, 99);
const members = Int32Array.of(0, 1);

Deno.test('normalization("members") gives members mean 0 and deviation 1 in each channel', () => {
  const { scale, shift } = normalization("members", pixels, 4, 2, members);
  const values = [0, 255, 51, 102].map((pixel) => pixel * scale[0]! + shift[0]!);
  assert.ok(Math.abs(values.reduce((sum, v) => sum + v, 0) / 4) < 1e-12);
  assert.ok(Math.abs(values.reduce((sum, v) => sum + v * v, 0) / 4 - 1) < 1e-12);
});

Deno.test('normalization("members") centres a constant channel and leaves its scale', () => {
  const { scale, shift } = normalization("members", pixels, 4, 2, members);
  assert.ok(Math.abs(scale[1]! - 1 / 255) < 1e-12 && Math.abs(7 * scale[1]! + shift[1]!) < 1e-12);
});

Deno.test("normalization() of given numbers is (pixel / 255 - mean) / std", () => {
  const { scale, shift } = normalization({ mean: [0.5, 0], std: [0.25, 1] }, pixels, 4, 2, members);
  assert.ok(Math.abs(255 * scale[0]! + shift[0]! - 2) < 1e-12 && Math.abs(255 * scale[1]! + shift[1]! - 1) < 1e-12);
  assert.deepEqual(normalization("unit", pixels, 4, 2, members), { scale: [1 / 255, 1 / 255], shift: [-0, -0] });
});

Deno.test("normalization() refuses another number of channels", () => {
  assert.throws(() => normalization({ mean: [0.5], std: [1] }, pixels, 4, 2, members), /2 channels by 1 means/);
});
