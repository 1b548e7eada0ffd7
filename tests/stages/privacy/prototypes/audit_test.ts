/** @file The auditor on prototypes: it must pass the right ones and catch planted bugs. */
import assert from "node:assert/strict";
import {
  audit,
  type Budget,
  claimsOf,
  entryOf,
  guarantee,
  type Head,
  type NoiseSource,
  noisyMeans,
  type PrivateHead,
  publicPrototypes,
  type Relation,
  type Rows,
  seededNoise,
  spentOn,
} from "../../../../stages/privacy/mod.ts";
import { clip } from "../../../../stages/privacy/clip.ts";
import { rowsOf } from "./_clusters.ts";

const HOW = { trials: 4000, seed: 11 };
const OTHERS = rowsOf([1, 0], [0, 1]);
const BUDGET = { rho: 0.4 };

type Classes = readonly [Rows, Rows];
/** Somebody far from the others is in the first class; is not; is someone else; is in the second class. */
const MET: Classes = [rowsOf([0.6, 0], [0, 0.6], [30, 40]), OTHERS];
const UNMET: Classes = [rowsOf([0.6, 0], [0, 0.6]), OTHERS];
const REPLACED: Classes = [rowsOf([0.6, 0], [0, 0.6], [-30, -40]), OTHERS];
const MOVED: Classes = [rowsOf([0.6, 0], [0, 0.6]), rowsOf([1, 0], [0, 1], [-30, -40])];

/** What tells neighbours apart: along the outlier's direction, of the first class, or of both where it moves and turns. */
function along({ head: { vectors: { data } } }: { readonly head: Head }): number {
  return 0.6 * data[0]! + 0.8 * data[1]!;
}
function alongBoth({ head: { vectors: { data } } }: { readonly head: Head }): number {
  return 0.6 * (data[0]! + data[2]!) + 0.8 * (data[1]! + data[3]!);
}

function means(relation: Relation, budget: Budget, bound = 1) {
  return (classes: Classes, noise: NoiseSource) => noisyMeans(classes, { relation, budget, bound }, noise);
}

/** What the releases of a head claim, all together. */
function claimsOfHead<R extends Relation>({ releases }: PrivateHead<R>) {
  return claimsOf(spentOn(releases.map(({ part, release }) => entryOf(release, { data: "people", part })), "people"));
}

for (
  const [relation, neighbour] of [["add-remove", UNMET], ["replace-one", REPLACED]] as const
) {
  for (const budget of [BUDGET, { epsilon: 1 }]) {
    Deno.test(`audit() passes noisyMeans() of ${JSON.stringify(budget)} under ${relation}, and would notice more`, () => {
      const release = means(relation, budget);
      const claims = claimsOfHead(release(MET, seededNoise(0)) as PrivateHead<"add-remove">);
      const subject = {
        neighbours: [MET, neighbour] as const,
        release: (data: Classes, noise: NoiseSource) => along(release(data, noise)),
      };
      assert.ok(!audit(subject, claims, HOW).refuted);
      const less = claims.map(({ epsilon, delta }) => ({ epsilon: epsilon / 4, delta: delta / 4 }));
      assert.ok(audit(subject, less, HOW).refuted);
    });
  }
}

Deno.test("audit() passes publicPrototypes(), whose choice between neighbours' scores is monotone", () => {
  const candidates = rowsOf([0.6, 0.8], [-0.6, -0.8]);
  const release = (data: Classes, noise: NoiseSource) =>
    publicPrototypes(data, { relation: "add-remove", budget: { epsilon: 1 }, candidates }, noise);
  const subject = {
    neighbours: [MET, UNMET] as const,
    release: (data: Classes, noise: NoiseSource) => along(release(data, noise)),
  };
  const claims = claimsOfHead(release(MET, seededNoise(0)));
  assert.ok(claims.some(({ epsilon, delta }) => epsilon === 1 && delta === 0));
  assert.ok(!audit(subject, claims, HOW).refuted);
  assert.ok(audit(subject, [{ epsilon: 0.2, delta: 0 }], HOW).refuted);
});

const CLAIMS = claimsOf(guarantee("add-remove", { kind: "zcdp", rho: BUDGET.rho }));

interface Bug {
  readonly name: string;
  readonly neighbours: readonly [Classes, Classes];
  readonly release: (data: Classes, noise: NoiseSource) => number;
}
const BUGS: Bug[] = [
  {
    name: "noise halved",
    neighbours: [MET, UNMET],
    release: (data, noise) => along(means("add-remove", { rho: 4 * BUDGET.rho })(data, noise)),
  },
  {
    name: "clipping skipped, noise as if of clipped rows",
    neighbours: [MET, UNMET],
    // Rows of length 50 with the noise of bound 1: in units of the bound, 2500 times the rho.
    release: (data, noise) => along(means("add-remove", { rho: 2500 * BUDGET.rho }, 50)(data, noise)),
  },
  {
    name: "add-remove's noise where a record is replaced",
    neighbours: [MET, REPLACED],
    release: (data, noise) => along(means("add-remove", BUDGET)(data, noise)),
  },
  {
    name: "parallel composition of classes where a replaced record changes class",
    neighbours: [MET, MOVED],
    release: (data, noise) => alongBoth(means("add-remove", BUDGET)(data, noise)),
  },
  {
    name: "the mean of a class divided by the number of all people",
    neighbours: [MET, REPLACED],
    release(data, noise) {
      const [own] = data;
      const all = data.reduce((sum, { shape: [n] }) => sum + n, 0);
      // As if a record moved the mean by 2 / all, where it moves it by 2 / n.
      const share = (all / own.shape[0]) ** 2;
      return along(means("replace-one", { rho: BUDGET.rho * share })(data, noise));
    },
  },
];

for (const { name, ...subject } of BUGS) {
  Deno.test(`audit() catches in noisyMeans(): ${name}`, () => {
    // A move costs the square root of 2 as much noise, not twice: that takes more runs.
    const found = audit(subject, CLAIMS, name.startsWith("parallel") ? { ...HOW, trials: 16_000 } : HOW);
    assert.ok(found.refuted, JSON.stringify(found));
  });
}

Deno.test("the outlier of these audits is as long as the bound allows after clipping", () => {
  const { rows: { data } } = clip(MET[0], "l2", 1);
  assert.ok(Math.abs(Math.hypot(data[4]!, data[5]!) - 1) < 1e-8);
});
