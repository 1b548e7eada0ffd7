/** @file Sensitivities of prototypes' releases: a search for neighbours that are further apart than is said. */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  clip,
  clippedSum,
  clipToBall,
  coinPress,
  linearProbe,
  noisyMeans,
  type PrivateHead,
  publicScores,
  type Relation,
  type Rows,
  seededNoise,
} from "../../../../stages/privacy/mod.ts";
import { lengthOf } from "../../../../stages/privacy/clip.ts";
import { examplesOf } from "../../../../stages/privacy/prototypes/examples.ts";
import { statistics } from "../../../../stages/privacy/prototypes/least_squares.ts";
import { slabSum } from "../../../../stages/privacy/prototypes/slab_sum.ts";
import { rowsOf } from "./_clusters.ts";

type Row = readonly [number, number];
const number = fc.double({ min: -20, max: 20, noNaN: true });
const row: fc.Arbitrary<Row> = fc.tuple(number, number);
const rows = fc.array(row, { minLength: 2, maxLength: 8 });
const other = fc.option(row, { nil: undefined });
const OTHERS = rowsOf([1, 2], [3, 4]);
/** So much budget that the noise is far below what neighbours differ by. */
const PLENTY = { rho: 1e14 };

/** Neighbours in the first class: without the first row, or with another one, any or the opposite. */
function neighbours(own: readonly Row[], given: Row | undefined, relation: Relation): readonly [Rows, Rows] {
  const [[x, y], ...rest] = own as [Row, ...Row[]];
  const replaced: Row = given ?? [-x, -y];
  const changed = relation === "add-remove" ? rest : [replaced, ...rest];
  return [rowsOf(...own), changed.length === 0 ? { data: new Float64Array(0), shape: [0, 2] } : rowsOf(...changed)];
}

function distance(a: Float64Array, b: Float64Array): number {
  return lengthOf(a.map((x, i) => x - b[i]!), "l2");
}

/** Searches for neighbours further apart than the sensitivity, and checks that it comes close to it. */
function search(relation: Relation, far: (a: Rows, b: Rows) => number, close = 0.9): void {
  let furthest = 0;
  fc.assert(
    fc.property(rows, other, (own, given) => {
      const [a, b] = neighbours(own, given, relation);
      const share = far(a, b);
      furthest = Math.max(furthest, share);
      return share <= 1 + 1e-4;
    }),
    { seed: 7, numRuns: 200 },
  );
  assert.ok(furthest > close, `the search came to ${furthest} of the sensitivity only`);
}

/** How far the first releases of two heads are apart, in their sensitivity. */
function shareOf([a, b]: readonly PrivateHead<Relation>[]): number {
  const [one, two] = [a!, b!].map(({ releases }) => releases[0]!.release);
  return distance(one!.value as Float64Array, two!.value as Float64Array) / Number(one!.parameters.sensitivity);
}

for (const relation of ["add-remove", "replace-one"] as const) {
  Deno.test(`noisyMeans() moves no further than it says under ${relation}`, () => {
    search(
      relation,
      (a, b) =>
        shareOf([a, b].map((own) => noisyMeans([own, OTHERS], { relation, budget: PLENTY, bound: 3 }, seededNoise(1)))),
    );
  });

  Deno.test(`coinPress() moves no further than it says in its first step under ${relation}`, () => {
    const how = { relation, budget: PLENTY, centre: Float64Array.of(1, 1), radius: 1, scale: 0.5 };
    search(relation, (a, b) => {
      const heads = [a, b].map((own) => coinPress([own, OTHERS], how, seededNoise(1)));
      // Under add-remove a noisy size comes first.
      const from = relation === "add-remove" ? 1 : 0;
      return shareOf(heads.map(({ head, releases }) => ({ head, releases: releases.slice(from) })));
    });
  });

  Deno.test(`clipToBall() bounds a sum around any centre under ${relation}`, () => {
    const centre = Float64Array.of(-3, 5);
    search(relation, (a, b) => {
      const [one, two] = [a, b].map((own) => clippedSum(clipToBall(own, centre, 2), relation));
      return distance(one!.value, two!.value) / one!.sensitivity.bound;
    });
  });

  Deno.test(`linearProbe() moves no further than it says in a step under ${relation}`, () => {
    const how = { relation, budget: PLENTY, steps: 1, clip: 0.3, lr: 1 };
    search(relation, (a, b) => {
      const [one, two] = [a, b].map((own) => {
        const { releases } = linearProbe([own, OTHERS], how, seededNoise(1));
        const size = relation === "add-remove" ? (releases[0]!.release.value as Float64Array)[0]! : own.shape[0] + 2;
        return (releases.at(-1)!.release.value as Float64Array).map((weight) => weight * size);
      });
      return distance(one!, two!) / (relation === "add-remove" ? 0.3 : 0.6);
    }, relation === "add-remove" ? 0.9 : 0.4);
  });

  Deno.test(`least squares' statistics move no further than they say under ${relation}`, () => {
    search(relation, (a, b) => {
      const [one, two] = [a, b].map((own) => statistics(examplesOf([own, OTHERS]), 2, 0.7, relation).query);
      return distance(one!.value, two!.value) / one!.sensitivity.bound;
    }, relation === "add-remove" ? 0.9 : 0.4);
  });

  Deno.test(`publicScores() move by 1 at most under ${relation}, and one way alone under add-remove`, () => {
    const candidates = rowsOf([1, 0], [0, 1], [-1, 0.2]);
    for (const cut of [{ low: 0, high: 2 }, { low: 0.5, high: 1.5 }]) {
      search(relation, (a, b) => {
        const [one, two] = [a, b].map((own) => publicScores(own, candidates, cut, relation));
        const moved = one!.value.map((score, i) => score - two!.value[i]!);
        if (relation === "add-remove") assert.ok(moved.every((by) => by >= 0));
        return Math.max(...moved.map(Math.abs)) / one!.sensitivity.bound;
      });
    }
  });
}

Deno.test("publicScores() do not depend on the order of rows by a single bit", () => {
  fc.assert(
    fc.property(rows, (own) => {
      const [there, back] = [own, own.toReversed()].map((list) =>
        publicScores(rowsOf(...list), OTHERS, { low: 0, high: 2 }, "add-remove").value
      );
      assert.deepEqual(there, back);
    }),
    { seed: 7 },
  );
});

Deno.test("slabSum() is clippedSum() to the bit, of slabs too", () => {
  const width = 200_000;
  const data = Float64Array.from({ length: 7 * width }, (_, i) => Math.sin(i) * 10);
  const expected = clippedSum(clip({ data, shape: [7, width] }, "l2", 2), "replace-one");
  const made = slabSum(
    { count: 7, width, fill: (row, target) => target.set(data.subarray(row * width, row * width + width)) },
    2,
    "replace-one",
  );
  assert.deepEqual(made.value, expected.value);
  assert.deepEqual(made.sensitivity, expected.sensitivity);
  const none = slabSum({ count: 0, width: 3, fill: () => assert.fail() }, 2, "add-remove");
  assert.deepEqual([...none.value], [0, 0, 0]);
});
