/**
 * @file load.purchaseLike: synthetic bits like those of Purchase-100, with planted subpopulations. Source of the model:
 * Feldman (2020), Does Learning Require Memorization? (arXiv 1906.05271), section 1.1, over clusters of bits.
 */
import { z } from "zod";
import { stage, type Value } from "../../dsl/mod.ts";
import { stream } from "../../engine/random.ts";
import { Dataset } from "../artifacts/dataset.ts";
import { splitColumn } from "./images.ts";
import { formatGroup } from "./long_tail_groups.ts";
import { shuffledSlots, sizesByClass, slotsOf } from "./slots.ts";

const share = z.number().min(0).max(0.5);
const params = z.object({
  classes: z.int().min(2).max(1000).default(100).describe("Number of classes"),
  features: z.int().min(1).default(600).describe("Bits of an example"),
  train: z.int().min(1).default(4000).describe("Training examples, shared equally by the classes"),
  test: z.int().min(1).default(2000).describe("Test examples, shared equally by the classes"),
  subpopulations: z.int().min(1).default(8).describe("Subpopulations of each class"),
  exponent: z.number().min(0).default(1.2).describe("Of Zipf's law: 0 makes all subpopulations equally large"),
  density: z.number().gt(0).lt(1).default(0.25).describe("Share of ones in the centre of a class"),
  distance: share.default(0.2).describe("Share of bits that a subpopulation's centre has otherwise than its class's"),
  noise: share.default(0.1).describe("Share of bits that an example has otherwise than its subpopulation's centre"),
  seed: z.int().min(0).default(0).describe("Seed of everything random"),
});
type Params = z.output<typeof params>;

/**
 * Synthetic data in the form of Purchase-100: bits, as pixels 0 and 255 of an image `[1, features, 1]`, in classes that
 * are clusters, each of subpopulations with Zipf's frequencies. What is memorized is known by construction.
 *
 * - The centre of a class has independent bits, one with probability `density`. That of a subpopulation has each of them
 *   changed with probability `distance`, and an example each bit of that changed with probability `noise`.
 * - The subpopulation of rank r (0-based) has a share proportional to (r + 1)^-exponent of its class, at least one
 *   example, in both splits: exact numbers, not draws. `group` says class, rank and number of training examples,
 *   `class=3 rank=7 count=1`; `parseGroup` reads it.
 * - `distance` sets how much of its class a subpopulation shares: with 0 there are no subpopulations and nothing need be
 *   memorized; with 0.5 nothing but its own examples tells the class of one, as in `load.longTail`.
 *
 * Two examples of a subpopulation differ in `2 noise (1 - noise)` of their bits on average. Numbers of bits and classes
 * are those of Purchase-100; the other defaults are not fitted to it. Rows of a split are in random order; ids count
 * train, then test rows. For label noise there is `corrupt.labels`.
 *
 * @throws RangeError when a class has fewer train or test examples than subpopulations.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import * as load from "engram/stages/load/mod.ts";
 * const data = load.purchaseLike({ classes: 10, train: 400, test: 200, subpopulations: 12 });
 * assert(data.params.features === 600);
 * ```
 */
export const purchaseLike = stage({
  name: "purchase-like",
  doc: "Synthetic bits in classes of clusters with rare subpopulations",
  inputs: {},
  params,
  output: Dataset,
  run: (_inputs, params) => generate(params),
});

function generate(params: Params): Value<typeof Dataset> {
  const { classes, features, train, test, subpopulations, density, distance, noise, seed } = params;
  const random = stream(seed, "purchase-like");
  const trainSizes = sizesByClass(train, params);
  const groups = trainSizes.flatMap((counts, label) =>
    counts.map((count, rank) => formatGroup({ class: label, rank, count }))
  );
  const centres = Uint8Array.from(random.at("classes").uniform(classes * features), (u) => Number(u < density));
  const flips = random.at("subpopulations").uniform(classes * subpopulations * features);
  const slots = [
    ...shuffledSlots(slotsOf(trainSizes, subpopulations), random.at("order", "train")),
    ...shuffledSlots(slotsOf(sizesByClass(test, params), subpopulations), random.at("order", "test")),
  ];
  const x = new Uint8Array(slots.length * features);
  slots.forEach(({ label, subpopulation }, row) => {
    const changes = random.at("example", row).uniform(features);
    for (let f = 0; f < features; f++) {
      const bit = centres[label * features + f]! ^ Number(flips[subpopulation * features + f]! < distance) ^
        Number(changes[f]! < noise);
      x[row * features + f] = 255 * bit;
    }
  });
  return {
    id: Uint32Array.from(slots, (_, row) => row),
    x: { data: x, shape: [slots.length, 1, features, 1] },
    y: Int32Array.from(slots, ({ label }) => label),
    split: splitColumn(train, test),
    group: slots.map(({ subpopulation }) => groups[subpopulation]!),
  };
}
