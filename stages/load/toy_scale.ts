/** @file How coordinates of load.toy2d become pixels, and back. */

/**
 * The largest coordinate that a pixel can stand for, in standard deviations of a cloud: `1.5 separation + 4`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { toyExtent } from "engram/stages/load/toy_scale.ts";
 * assert(toyExtent(4) === 10);
 * ```
 */
export function toyExtent(separation: number): number {
  return 1.5 * separation + 4;
}

/** The pixel of a coordinate: 0 for `-toyExtent`, 255 for `toyExtent`; clipped beyond. */
export function toyByte(coordinate: number, separation: number): number {
  const pixel = Math.round(127.5 * (1 + coordinate / toyExtent(separation)));
  return Math.min(255, Math.max(0, pixel));
}

/**
 * The coordinate that a pixel stands for, in standard deviations of a cloud.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { toyCoordinate } from "engram/stages/load/toy_scale.ts";
 * assert(toyCoordinate(0, 4) === -10 && toyCoordinate(255, 4) === 10);
 * ```
 */
export function toyCoordinate(pixel: number, separation: number): number {
  return (pixel / 127.5 - 1) * toyExtent(separation);
}
