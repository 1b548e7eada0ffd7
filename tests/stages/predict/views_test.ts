/** @file Where the pixels of views come from. */
import fc from "fast-check";
import assert from "node:assert/strict";
import { pixelMaps } from "../../../stages/predict/views/mod.ts";
import { copyView, type PixelMap } from "../../../stages/predict/views/view.ts";
import fixture from "../../fixtures/rotations.json" with { type: "json" };

Deno.test("shifts of distance d are 4 d + 1 distinct views, the image first", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 4 }), (distance) => {
    const shape = { height: 9, width: 9, channels: 1 };
    const maps = pixelMaps({ kind: "shifts", distance, fill: "zero" }, shape) as PixelMap[];
    assert.equal(maps.length, 4 * distance + 1);
    assert.equal(new Set(maps.map((map) => map.join())).size, maps.length);
    assert.deepEqual([...maps[0]!], Array.from({ length: 81 }, (_, i) => i));
    // The centre, 4 * 9 + 4, moves by (dy, dx) with |dy| + |dx| = d.
    for (const map of maps.slice(1)) {
      const to = map.indexOf(40);
      assert.equal(Math.abs(Math.floor(to / 9) - 4) + Math.abs(to % 9 - 4), distance);
    }
  }));
});

Deno.test("shifts fill with black or with the nearest pixel", () => {
  const shape = { height: 1, width: 3, channels: 1 };
  const right = (fill: "edge" | "zero") => [...pixelMaps({ kind: "shifts", distance: 1, fill }, shape)[3] as PixelMap];
  assert.deepEqual(right("zero"), [-1, 0, 1]);
  assert.deepEqual(right("edge"), [0, 0, 1]);
});

Deno.test("rotations agree with SciPy's bilinear ones, to the rounding of bytes", () => {
  for (const { degrees, fill, image, turned } of fixture.cases) {
    const shape = { height: image.length, width: image[0]!.length, channels: 1 };
    const spec = { kind: "rotations", degrees: Math.abs(degrees), steps: 1, fill: fill as "edge" | "zero" } as const;
    const views = pixelMaps(spec, shape);
    assert.equal(views.length, 3);
    const copy = new Uint8Array(image.flat().length);
    copyView(Uint8Array.from(image.flat()), 0, copy, 0, views[degrees < 0 ? 1 : 2]!, 1);
    turned.flat().forEach((value, i) => assert.ok(Math.abs(copy[i]! - value) <= 0.51, `${degrees} ${fill} ${i}`));
  }
});

Deno.test("rotations of r degrees are 2 r + 1 views, the image first, and keep the channels of a pixel together", () => {
  const shape = { height: 6, width: 6, channels: 3 };
  const views = pixelMaps({ kind: "rotations", degrees: 9, fill: "edge" }, shape);
  assert.equal(views.length, 19);
  const image = Uint8Array.from({ length: 108 }, (_, i) => [10, 100, 200][i % 3]!);
  const copy = new Uint8Array(216).fill(7);
  for (const view of views) {
    copyView(image, 0, copy, 108, view, 3);
    assert.deepEqual(copy.subarray(108), image);
  }
  assert.ok(copy.subarray(0, 108).every((value) => value === 7));
});

Deno.test("rotations refuse vectors", () => {
  const shape = { height: 1, width: 600, channels: 1 };
  assert.throws(() => pixelMaps({ kind: "rotations", degrees: 9, fill: "zero" }, shape), /no images/);
});
