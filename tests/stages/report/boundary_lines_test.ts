/** @file Level sets on a grid. */
import assert from "node:assert/strict";
import { boundaryOf } from "../../../stages/report/boundary_lines.ts";

Deno.test("boundaryOf() follows a circle to within a cell, and a plane exactly", () => {
  const side = 41;
  const at = Array.from({ length: side * side }, (_, i) => ({ x: i % side - 20, y: Math.floor(i / side) - 20 }));
  const circle = boundaryOf(at.map(({ x, y }) => x * x + y * y), side, 100, at);
  assert.ok(circle.length > 50);
  for (const { x, y } of circle.flat()) assert.ok(Math.abs(Math.hypot(x, y) - 10) < 0.1);
  const line = boundaryOf(at.map(({ x, y }) => x + 0.5 * y), side, 3.3, at);
  for (const { x, y } of line.flat()) assert.ok(Math.abs(x + 0.5 * y - 3.3) < 1e-9);
});

Deno.test("boundaryOf() has no line where nothing crosses", () => {
  const at = [{ x: 0, y: 0 }, { x: 1, y: 0 }, { x: 0, y: 1 }, { x: 1, y: 1 }];
  assert.deepEqual(boundaryOf([1, 1, 1, 1], 2, 0.5, at), []);
});
