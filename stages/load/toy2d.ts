/**
 * @file load.toy2d: two Gaussian classes and a few atypical reds. Source of the set-up: Kim et al. (2023), arXiv
 * 2310.00488, section 3.1, whose atypical reds overlap blue; the other placements and the twins are ours.
 */
import { z } from "zod";
import { stage, type Value } from "../../dsl/mod.ts";
import { type RandomStream, stream } from "../../engine/random.ts";
import { Dataset } from "../artifacts/dataset.ts";
import { splitColumn } from "./images.ts";
import { toyByte } from "./toy_scale.ts";

const [RED, BLUE] = [0, 1];

const params = z.object({
  placement: z.enum(["overlap", "away", "orthogonal", "none"]).default("overlap").describe(
    "Where the atypical reds are",
  ),
  atypicalFraction: z.number().min(0).max(1).default(0.1).describe("Atypical reds over reds, of each split"),
  separation: z.number().gt(0).max(100).default(4).describe(
    "Distance of the classes' centres, in deviations of a cloud",
  ),
  spread: z.number().min(0).max(2).default(0.5).describe("Standard deviation of the atypical cloud; the others have 1"),
  dimension: z.int().min(2).max(4096).default(2).describe("Number of coordinates"),
  train: z.int().min(4).default(200).describe("Training examples, half red, half blue, twins included"),
  test: z.int().min(4).default(1000).describe("Test examples, half red, half blue, without the twins"),
  twins: z.int().min(0).default(10).describe("Pairs of twins; as many rare test points have no twin in training"),
  twinDistance: z.number().min(0).default(0.1).describe("Distance of twins, in deviations of a cloud"),
  seed: z.int().min(0).default(0).describe("Seed of everything random"),
});
type Params = z.output<typeof params>;

/** A number of examples of one group. */
interface Cloud {
  readonly group: string;
  readonly label: number;
  readonly count: number;
  readonly centre: readonly [number, number];
  readonly spread: number;
}

/**
 * A toy data set: red (class 0) and blue (class 1) Gaussian clouds in `dimension` coordinates, and a rare subpopulation
 * of atypical reds. Lengths are in standard deviations of the typical clouds, s is `separation`.
 *
 * | group | centre (other coordinates 0) | deviation |
 * |---|---|---|
 * | "typical red" | (-s / 2, 0) | 1 |
 * | "typical blue" | (s / 2, 0) | 1 |
 * | "atypical red", "overlap" | (s / 2, 0): inside the blue cloud | `spread` |
 * | "atypical red", "away" | (-3 s / 2, 0): behind the red cloud; a line that parts the classes gets them right | `spread` |
 * | "atypical red", "orthogonal" | (0, s): the axis that parts the classes tells nothing about them | `spread` |
 * | "atypical red", "none" | as typical ones: a control with the same groups and numbers, in which nothing is atypical | 1 |
 *
 * Twins: 2 `twins` further rare test points are drawn like atypical reds. Half of them, "twin present", have a twin in
 * training, a red at distance `twinDistance` in a random direction, of group "twin"; the others, "twin absent", have
 * none. The two halves come from one distribution, so the difference of a model's accuracy on them is the effect of
 * having been trained on the twin. Twins are far from each other only where there is room: use few, or a higher
 * `dimension`.
 *
 * Ids count the rows. Train rows are the twins, then atypical and typical reds, then blues; test rows those with a twin,
 * those without, then the same. So training example j is the twin of the test example with id `train + j`, and masks of
 * design "leave-one-out" with `1 + twins` members leave out one twin each. Examples of other seeds are independent. With
 * another placement they are the same points, moved.
 *
 * A coordinate c becomes the pixel `round(127.5 (1 + c / E))`, `[1, dimension, 1]`, with extent E = 1.5 s + 4: the same
 * for every placement. The step is E / 127.5, 0.078 for s = 4. Beyond E, 4 deviations from the outermost centre,
 * coordinates are clipped. `toyCoordinate` undoes it. All coordinates are one channel, so `normalize: "members"` scales
 * all of them alike.
 *
 * @throws RangeError when a split has fewer reds than atypical ones and twins.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import * as load from "engram/stages/load/mod.ts";
 * const data = load.toy2d({ placement: "orthogonal", atypicalFraction: 0.05, dimension: 20, seed: 3 });
 * assert(data.params.separation === 4);
 * assert(Math.abs(load.toyCoordinate(255, 4)) === load.toyExtent(4));
 * ```
 */
export const toy2d = stage({
  name: "toy2d",
  doc: "Two Gaussian classes, atypical reds, and rare test points with and without a twin in training",
  inputs: {},
  params,
  output: Dataset,
  run: (_inputs, params) => generate(params),
});

function generate(params: Params): Value<typeof Dataset> {
  const { train, test, twins, dimension, separation, twinDistance, seed } = params;
  const random = stream(seed, "toy2d");
  const rare = { label: RED, ...atypical(params) };
  // The test points first: twins in training are made of them.
  const tests = [
    { ...rare, group: "twin present", count: twins },
    { ...rare, group: "twin absent", count: twins },
    ...classes("test", test, 0, params),
  ];
  const trains = classes("train", train, twins, params);
  const testPoints = tests.flatMap((cloud) => draw(cloud, dimension, random.at("test", cloud.group)));
  const twinPoints = testPoints.slice(0, twins).map((point, j) => displaced(point, twinDistance, random.at("twin", j)));
  const trainPoints = trains.flatMap((cloud) => draw(cloud, dimension, random.at("train", cloud.group)));
  const points = [...twinPoints, ...trainPoints, ...testPoints];
  const clouds = [{ ...rare, group: "twin", count: twins }, ...trains, ...tests];
  const x = Uint8Array.from(points.flatMap((point) => Array.from(point)), (c) => toyByte(c, separation));
  return {
    id: Uint32Array.from(points.keys()),
    x: { data: x, shape: [points.length, 1, dimension, 1] },
    y: Int32Array.from(clouds.flatMap(({ label, count }) => new Array<number>(count).fill(label))),
    split: splitColumn(train, test + 2 * twins),
    group: clouds.flatMap(({ group, count }) => new Array<string>(count).fill(group)),
  };
}

function atypical({ placement, separation, spread }: Params): Pick<Cloud, "centre" | "spread"> {
  const half = separation / 2;
  if (placement === "overlap") return { centre: [half, 0], spread };
  if (placement === "away") return { centre: [-3 * half, 0], spread };
  if (placement === "orthogonal") return { centre: [0, separation], spread };
  return { centre: [-half, 0], spread: 1 };
}

/** The clouds of a split with `total` examples, `planted` of the reds being made elsewhere. */
function classes(split: string, total: number, planted: number, params: Params): Cloud[] {
  const reds = Math.ceil(total / 2);
  const rare = Math.round(params.atypicalFraction * reds);
  if (rare + planted > reds) {
    throw new RangeError(
      `Cannot put ${rare} atypical reds and ${planted} twins among ${reds} reds of the ${split} split: lower ` +
        `"atypicalFraction" or "twins", or raise "${split}"`,
    );
  }
  const half = params.separation / 2;
  return [
    { group: "atypical red", label: RED, count: rare, ...atypical(params) },
    { group: "typical red", label: RED, count: reds - rare - planted, centre: [-half, 0], spread: 1 },
    { group: "typical blue", label: BLUE, count: total - reds, centre: [half, 0], spread: 1 },
  ];
}

function draw({ count, centre, spread }: Cloud, dimension: number, random: RandomStream): Float64Array[] {
  const normal = random.normal(count * dimension);
  return Array.from(
    { length: count },
    (_, i) =>
      Float64Array.from({ length: dimension }, (_, d) => (centre[d] ?? 0) + spread * normal[i * dimension + d]!),
  );
}

function displaced(point: Float64Array, distance: number, random: RandomStream): Float64Array {
  const direction = random.normal(point.length);
  const length = Math.hypot(...direction);
  return point.map((c, d) => c + distance * direction[d]! / length);
}
