/** @file load.toyGrid: points on a grid over the plane of load.toy2d, to draw what models decide there. */
import { z } from "zod";
import { stage } from "../../dsl/mod.ts";
import { Dataset } from "../artifacts/dataset.ts";
import { toyByte, toyExtent } from "./toy_scale.ts";

/**
 * `resolution`² test examples of class 0, row by row from the lowest second coordinate; each row from the lowest first one.
 * Further coordinates are 0. They are the middles of equal cells between -`extent` and `extent`, by default all that
 * bytes can tell (`toyExtent`).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import * as load from "engram/stages/load/mod.ts";
 * assert(load.toyGrid({ separation: 4 }).params.resolution === 64);
 * ```
 */
export const toyGrid = stage({
  name: "toy-grid",
  doc: "Points on a grid over the toy's plane",
  inputs: {},
  params: z.object({
    separation: z.number().gt(0).max(100).default(4).describe("As in toy2d"),
    dimension: z.int().min(2).max(4096).default(2).describe("As in toy2d"),
    resolution: z.int().min(2).max(256).default(64).describe("Points along each axis"),
    extent: z.number().positive().optional().describe("How far the grid reaches; by default as far as bytes do"),
  }),
  output: Dataset,
  run(_inputs, { separation, dimension, resolution, extent = toyExtent(separation) }) {
    const count = resolution * resolution;
    const x = new Uint8Array(count * dimension).fill(toyByte(0, separation));
    const place = (step: number) => extent * ((2 * step + 1) / resolution - 1);
    for (let i = 0; i < count; i++) {
      x[i * dimension] = toyByte(place(i % resolution), separation);
      x[i * dimension + 1] = toyByte(place(Math.floor(i / resolution)), separation);
    }
    return {
      id: Uint32Array.from({ length: count }, (_, i) => i),
      x: { data: x, shape: [count, 1, dimension, 1] },
      y: new Int32Array(count),
      split: new Array<string>(count).fill("test"),
      group: new Array<string>(count).fill(""),
    };
  },
});
