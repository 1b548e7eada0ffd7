/**
 * @file load.longTail: a synthetic data set with a long tail of planted subpopulations. Source of the model: Feldman
 * (2020), Does Learning Require Memorization? A Short Tale about a Long Tail (arXiv 1906.05271), section 1.1.
 */
import { z } from "zod";
import { stage, type Value } from "../../dsl/mod.ts";
import { type RandomStream, stream } from "../../engine/random.ts";
import { Dataset } from "../artifacts/dataset.ts";
import { splitColumn } from "./images.ts";
import { formatGroup } from "./long_tail_groups.ts";
import { shuffledSlots, sizesByClass, type Slot, slotsOf } from "./slots.ts";

const params = z.object({
  classes: z.int().min(2).max(256).default(10).describe("Number of classes"),
  train: z.int().min(1).default(2000).describe("Training examples, shared equally by the classes"),
  test: z.int().min(1).default(1000).describe("Test examples, shared equally by the classes"),
  subpopulations: z.int().min(1).default(40).describe("Subpopulations of each class"),
  exponent: z.number().min(0).default(1.2).describe("Of Zipf's law: 0 makes all subpopulations equally large"),
  side: z.int().min(2).max(64).default(8).describe("Height and width of the images, in pixels"),
  noise: z.number().min(0).default(24).describe("Standard deviation of a pixel around its prototype, of 0-255"),
  labelNoise: z.number().min(0).max(1).default(0).describe("Fraction of training examples with a wrong label"),
  seed: z.int().min(0).default(0).describe("Seed of everything random"),
});
type Params = z.output<typeof params>;

/**
 * A synthetic data set whose memorization is known: images `[side, side, 1]` in classes that are mixtures of
 * subpopulations with Zipf's frequencies.
 *
 * - Each subpopulation has a prototype, a uniformly random image that has nothing to do with its class. Its examples
 *   are the prototype plus Gaussian noise, rounded and clipped to 0-255.
 * - The subpopulation of rank r (0-based) has a share proportional to (r + 1)^-exponent of its class, at least one
 *   example, in both splits: exact numbers, not draws. So each subpopulation that was seen in training is tested, and
 *   where `test` is less than `train` the tail has more weight among test examples.
 * - `group` says class, rank and number of training examples, `class=3 rank=17 count=1`; `parseGroup` reads it.
 *   Subpopulations with `count=1` are singletons. Nothing else tells the class of one: a learner without it guesses,
 *   and is right with probability 1 / classes over the draw of the prototypes, while a learner that fits its training
 *   set is right. So the memorization of a singleton is 1 - 1 / classes on average over singletons, and its influence
 *   on the test examples of its group is about as much, as long as noise keeps groups apart. With many examples to a
 *   group both tend to 0.
 * - The default parameters make 18 singletons of 40 subpopulations in each class.
 * - With `labelNoise`, so many training examples, rounded, get another class, uniformly; their group keeps the true one.
 *
 * Rows of a split are in random order; ids count train, then test rows.
 *
 * @throws RangeError when a class has fewer train or test examples than subpopulations.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import * as load from "engram/stages/load/mod.ts";
 * const data = load.longTail({ classes: 4, train: 400, test: 200, subpopulations: 20 });
 * assert(data.params.exponent === 1.2);
 * assert(load.parseGroup("class=3 rank=17 count=1").count === 1);
 * ```
 */
export const longTail = stage({
  name: "long-tail",
  doc: "Synthetic images in classes with a long tail of rare subpopulations",
  inputs: {},
  params,
  output: Dataset,
  run: (_inputs, params) => generate(params),
});

function generate(params: Params): Value<typeof Dataset> {
  const { classes, train, test, subpopulations, side, labelNoise, seed } = params;
  const random = stream(seed, "long-tail");
  const trainSizes = sizesByClass(train, params);
  const pixels = side * side;
  const prototypes = random.at("prototypes").integers(classes * subpopulations * pixels, 0, 256);
  const groups = trainSizes.flatMap((counts, label) => counts.map((count, rank) => ({ class: label, rank, count })))
    .map(formatGroup);
  const slots = [
    ...shuffledSlots(slotsOf(trainSizes, subpopulations), random.at("order", "train")),
    ...shuffledSlots(slotsOf(sizesByClass(test, params), subpopulations), random.at("order", "test")),
  ];
  const y = Int32Array.from(slots, ({ label }) => label);
  mislabel(y, train, classes, Math.round(labelNoise * train), random.at("labels"));
  return {
    id: Uint32Array.from(slots, (_, row) => row),
    x: { data: drawImages(slots, prototypes, pixels, params.noise, random), shape: [slots.length, side, side, 1] },
    y,
    split: splitColumn(train, test),
    group: slots.map(({ subpopulation }) => groups[subpopulation]!),
  };
}

/** Gives `count` of the first `train` labels another class, each other one equally likely. */
function mislabel(y: Int32Array, train: number, classes: number, count: number, random: RandomStream): void {
  const rows = random.at("rows").permutation(train);
  const shifts = random.at("shifts").integers(count, 1, classes);
  for (let i = 0; i < count; i++) y[rows[i]!] = (y[rows[i]!]! + shifts[i]!) % classes;
}

function drawImages(
  slots: readonly Slot[],
  prototypes: Int32Array,
  pixels: number,
  noise: number,
  random: RandomStream,
): Uint8Array {
  // Rounds half to even and clips, which is what a pixel needs.
  const x = new Uint8ClampedArray(slots.length * pixels);
  const deviations = random.at("noise").normal(x.length);
  slots.forEach(({ subpopulation }, row) => {
    for (let p = 0, at = row * pixels, from = subpopulation * pixels; p < pixels; p++, at++, from++) {
      x[at] = prototypes[from]! + noise * deviations[at]!;
    }
  });
  return new Uint8Array(x.buffer);
}
