/** @file The examples of a synthetic set before they are drawn: how many of each subpopulation, and in which order. */
import type { RandomStream } from "../../engine/random.ts";
import { zipfSizes } from "./long_tail_groups.ts";

/** An example before it is drawn: its true class, and the number of its subpopulation among all. */
export interface Slot {
  readonly label: number;
  readonly subpopulation: number;
}

/** Subpopulations of each class. */
export interface Tail {
  readonly classes: number;
  readonly subpopulations: number;
  readonly exponent: number;
}

/** Sizes of the subpopulations of each class; the first classes have one example more where it does not divide. */
export function sizesByClass(total: number, { classes, subpopulations, exponent }: Tail): number[][] {
  return Array.from({ length: classes }, (_, label) => {
    const share = Math.floor(total / classes) + (label < total % classes ? 1 : 0);
    return zipfSizes(share, subpopulations, exponent);
  });
}

/** An example for each of these numbers, by class and rank. */
export function slotsOf(sizes: readonly (readonly number[])[], subpopulations: number): Slot[] {
  return sizes.flatMap((counts, label) =>
    counts.flatMap((count, rank) =>
      Array.from({ length: count }, () => ({ label, subpopulation: label * subpopulations + rank }))
    )
  );
}

/** The same in random order. */
export function shuffledSlots(slots: readonly Slot[], random: RandomStream): Slot[] {
  return Array.from(random.permutation(slots.length), (i) => slots[i]!);
}
