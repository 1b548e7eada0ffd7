/** @file Colours and shapes that stay apart for colour-blind readers and in grey print. */

/**
 * The palette of Okabe & Ito, "Color Universal Design" (2008), strongest on white first. Its yellow is left out, it is too
 * weak on white; the grey that R adds to the palette takes its place.
 */
export const OKABE_ITO = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9", "#999999"];

/** Vega's point shapes, so that no group is told by colour alone. */
export const SHAPES = [
  "circle",
  "square",
  "triangle-up",
  "diamond",
  "cross",
  "triangle-down",
  "triangle-right",
  "triangle-left",
];

/** `count` entries of a list, starting over where it is too short. */
export function cycle<T>(list: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, i) => list[i % list.length]!);
}
