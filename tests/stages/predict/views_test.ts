/** @file Where the pixels of views come from. */
import fc from "fast-check";
import assert from "node:assert/strict";
import { pixelMaps } from "../../../stages/predict/views/mod.ts";

Deno.test("shifts of distance d are 4 d + 1 distinct views, the image first", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 4 }), (distance) => {
    const shape = { height: 9, width: 9, channels: 1 };
    const maps = pixelMaps({ kind: "shifts", distance, fill: "zero" }, shape);
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
  const right = (fill: "edge" | "zero") => [...pixelMaps({ kind: "shifts", distance: 1, fill }, shape)[3]!];
  assert.deepEqual(right("zero"), [-1, 0, 1]);
  assert.deepEqual(right("edge"), [0, 0, 1]);
});
