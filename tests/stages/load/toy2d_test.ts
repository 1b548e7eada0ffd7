/** @file The toy of two Gaussian classes: where its clouds are, and that twins differ in nothing but training. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Value } from "../../../dsl/mod.ts";
import type { Dataset } from "../../../stages/artifacts/dataset.ts";
import * as load from "../../../stages/load/mod.ts";
import { toyByte } from "../../../stages/load/toy_scale.ts";
import { recordingContext, runSource, sha256 } from "./support.ts";

type Params = Parameters<typeof load.toy2d>[0];

function generate(params: Params = {}): Promise<Value<typeof Dataset>> {
  return runSource(load.toy2d(params), recordingContext("unused").context);
}

function point(data: Value<typeof Dataset>, row: number, separation = 4): number[] {
  const d = data.x.shape[2]!;
  return Array.from(data.x.data.subarray(row * d, (row + 1) * d), (pixel) => load.toyCoordinate(pixel, separation));
}

function rowsOfGroup(data: Value<typeof Dataset>, group: string, split: string): number[] {
  return [...data.group.keys()].filter((row) => data.group[row] === group && data.split[row] === split);
}

function mean(points: readonly (readonly number[])[]): number[] {
  return points[0]!.map((_, d) => points.reduce((sum, p) => sum + p[d]!, 0) / points.length);
}

function deviation(points: readonly (readonly number[])[]): number {
  const centre = mean(points);
  const squares = points.reduce((sum, p) => sum + p.reduce((s, c, d) => s + (c - centre[d]!) ** 2, 0), 0);
  return Math.sqrt(squares / (points.length * centre.length));
}

Deno.test("toyCoordinate() undoes toyByte() up to half a step", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.1, max: 50, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true }), (s, u) => {
      const extent = load.toyExtent(s);
      assert.ok(Math.abs(load.toyCoordinate(toyByte(u * extent, s), s) - u * extent) <= extent / 255 * (1 + 1e-9));
    }),
  );
  assert.equal(toyByte(1e9, 4), 255);
  assert.equal(toyByte(-1e9, 4), 0);
});

Deno.test("load.toy2d() has the numbers of each group that it states, reds and blues in equal parts", async () => {
  const data = await generate({ train: 201, test: 100, twins: 7, atypicalFraction: 0.2 });
  const count = (group: string, split: string) => rowsOfGroup(data, group, split).length;
  assert.deepEqual(
    ["twin", "atypical red", "typical red", "typical blue"].map((group) => count(group, "train")),
    [7, 20, 101 - 20 - 7, 100],
  );
  assert.deepEqual(
    ["twin present", "twin absent", "atypical red", "typical red", "typical blue"].map((group) => count(group, "test")),
    [7, 7, 10, 40, 50],
  );
  assert.deepEqual(data.x.shape, [201 + 114, 1, 2, 1]);
  assert.deepEqual([...data.id], Array.from({ length: 315 }, (_, i) => i));
  data.group.forEach((group, row) => assert.equal(data.y[row], group === "typical blue" ? 1 : 0));
});

const CENTRES = { overlap: [2, 0, 0], away: [-6, 0, 0], orthogonal: [0, 4, 0], none: [-2, 0, 0] } as const;

for (const [placement, centre] of Object.entries(CENTRES)) {
  Deno.test(`load.toy2d() with placement "${placement}" puts atypical reds and twins at (${centre})`, async () => {
    const data = await generate({
      placement: placement as keyof typeof CENTRES,
      dimension: 3,
      train: 4000,
      atypicalFraction: 0.4,
      twins: 400,
      seed: 2,
    });
    const wanted: [string, string, readonly number[], number][] = [
      ["typical red", "train", [-2, 0, 0], 1],
      ["typical blue", "train", [2, 0, 0], 1],
      ["atypical red", "train", centre, placement === "none" ? 1 : 0.5],
      ["twin present", "test", centre, placement === "none" ? 1 : 0.5],
      ["twin absent", "test", centre, placement === "none" ? 1 : 0.5],
    ];
    for (const [group, split, about, sigma] of wanted) {
      const points = rowsOfGroup(data, group, split).map((row) => point(data, row));
      // Five standard errors, and the step of the quantization.
      const slack = 5 * sigma / Math.sqrt(points.length) + 0.01;
      mean(points).forEach((c, d) => assert.ok(Math.abs(c - about[d]!) < slack, `${group}: ${c} at ${d}`));
      assert.ok(Math.abs(deviation(points) / sigma - 1) < 0.1, `${group}: deviation ${deviation(points)}`);
    }
  });
}

Deno.test("load.toy2d() plants the twin of test example train + j as training example j, and no other nearby", async () => {
  const [train, twins] = [200, 10];
  const data = await generate({ train, twins, dimension: 16, twinDistance: 0.1 });
  const step = 2 * load.toyExtent(4) / 255;
  const distances = (test: number) =>
    Array.from({ length: train }, (_, row) => Math.hypot(...point(data, row).map((c, d) => c - point(data, test)[d]!)));
  for (let j = 0; j < twins; j++) {
    const present = distances(train + j);
    // Each of 16 coordinates of either point is off by half a step at most.
    assert.ok(Math.abs(present[j]! - 0.1) <= step * 4, `twin ${j} at ${present[j]}`);
    assert.equal(present.indexOf(Math.min(...present)), j);
    assert.equal(data.group[train + twins + j], "twin absent");
    assert.ok(Math.min(...distances(train + twins + j)) > 0.9);
  }
});

/** Share of the test examples of a group that the nearest training example has the class of. */
function nearestIsRight(data: Value<typeof Dataset>, group: string): number {
  const rows = rowsOfGroup(data, group, "test");
  const train = data.split.indexOf("test");
  const right = rows.filter((row) => {
    const own = point(data, row);
    const distances = Array.from(
      { length: train },
      (_, other) => Math.hypot(...own.map((c, d) => c - point(data, other)[d]!)),
    );
    return data.y[distances.indexOf(Math.min(...distances))] === data.y[row];
  });
  return right.length / rows.length;
}

Deno.test("load.toy2d() plants twins that alone make a 1-nearest-neighbour learner right about rare points", async () => {
  const params = { dimension: 8, twins: 40, atypicalFraction: 0, train: 400, test: 100, twinDistance: 0.05 };
  const data = await generate({ ...params, placement: "overlap", spread: 1 });
  assert.equal(nearestIsRight(data, "twin present"), 1);
  // Among 200 blues and 40 twins of others, a rare red is rarely right by chance.
  assert.ok(nearestIsRight(data, "twin absent") < 0.5, `${nearestIsRight(data, "twin absent")}`);
  const control = await generate({ ...params, placement: "none" });
  assert.ok(nearestIsRight(control, "twin absent") > 0.9);
});

Deno.test("load.toy2d() is the same for the same parameters, and another for another seed", async () => {
  const data = await generate({ train: 20, test: 10, twins: 2 });
  assert.deepEqual(await generate({ train: 20, test: 10, twins: 2 }), data);
  assert.notDeepEqual((await generate({ train: 20, test: 10, twins: 2, seed: 1 })).x, data.x);
  // Committed: a change here changes every result on the toy.
  assert.equal(sha256(data.x.data), "67230fb16b2e7e7edda5f9d07a84a1c573f39314a0404d76d710cdcc841b2990");
});

Deno.test("load.toy2d() moves the atypical reds from placement to placement and leaves the rest where it is", async () => {
  const [overlap, away] = [await generate({ placement: "overlap" }), await generate({ placement: "away" })];
  overlap.group.forEach((group, row) => {
    const [a, b] = [point(overlap, row), point(away, row)];
    const shift = group.startsWith("typical") ? 0 : 8;
    assert.ok(Math.abs(a[0]! - b[0]! - shift) < 0.08 && a[1] === b[1]);
  });
});

Deno.test("load.toy2d() refuses more rare reds than there are reds", async () => {
  await assert.rejects(
    generate({ train: 20, twins: 5, atypicalFraction: 0.9 }),
    /^RangeError: Cannot put 9 atypical reds and 5 twins among 10 reds of the train split: lower "atypicalFraction"/,
  );
});
