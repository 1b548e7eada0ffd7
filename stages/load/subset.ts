/** @file Which examples of a split to keep: deterministic subsets, nested in each other. */
import { z } from "zod";
import { stream } from "../../engine/random.ts";

/**
 * Parameters that choose a subset of a data set with so many examples.
 *
 * - `train`, `test`: how many examples of each split to keep; all when left out.
 * - `pick`: `balanced` takes a seeded random subset with equally many of each class (as far as there are enough),
 *   `first` the first in the original order. With the same seed a smaller subset is part of every larger one.
 * - `seed`: of `balanced`.
 */
export function subsetParams(limits: { readonly train: number; readonly test: number }) {
  return {
    train: z.int().min(1).max(limits.train).optional().describe("Training examples to keep; all if left out"),
    test: z.int().min(0).max(limits.test).optional().describe("Test examples to keep; all if left out"),
    pick: z.enum(["balanced", "first"]).default("balanced").describe("A class-balanced random subset, or the first"),
    seed: z.int().min(0).default(0).describe("Seed of a balanced subset"),
  };
}

/** What {@link pick} is told. */
export interface Pick {
  /** How many; all when undefined. */
  readonly count: number | undefined;
  readonly pick: "balanced" | "first";
  readonly seed: number;
  /** `train` or `test`: the two are picked independently. */
  readonly split: string;
}

/**
 * The indices of the examples to keep, ascending.
 *
 * Balanced subsets are drawn class by class: each class is put in a random order, and rounds over the classes take the
 * next of each until there are enough. So classes differ by one at most while none has run out.
 *
 * @param labels the class of each example.
 * @throws RangeError when there are fewer examples than asked for.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { pick } from "engram/stages/load/subset.ts";
 * const indices = pick(Uint8Array.of(0, 0, 0, 0, 1, 1), { count: 4, pick: "balanced", seed: 0, split: "train" });
 * assert(indices.filter((i) => i < 4).length === 2 && indices.length === 4);
 * ```
 */
export function pick(labels: Uint8Array, { count, pick, seed, split }: Pick): Uint32Array {
  const wanted = count ?? labels.length;
  if (wanted > labels.length) {
    throw new RangeError(`Cannot keep ${wanted} ${split} examples: there are ${labels.length}; ask for fewer`);
  }
  if (pick === "first" || wanted === labels.length) return Uint32Array.from({ length: wanted }, (_, i) => i);
  const classes = byClass(labels).map((indices, label) => {
    const order = stream(seed, "subset", split, label).permutation(indices.length);
    return Uint32Array.from(order, (i) => indices[i]!);
  });
  const chosen = new Uint32Array(wanted);
  let taken = 0;
  for (let round = 0; taken < wanted; round++) {
    for (const indices of classes) {
      if (round < indices.length && taken < wanted) chosen[taken++] = indices[round]!;
    }
  }
  return chosen.sort();
}

function byClass(labels: Uint8Array): number[][] {
  const classes: number[][] = [];
  labels.forEach((label, index) => (classes[label] ??= []).push(index));
  return Array.from(classes, (indices) => indices ?? []);
}
