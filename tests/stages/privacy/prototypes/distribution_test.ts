/** @file What prototypes are drawn from, against closed forms; what they cost in all; what is refused. */
import assert from "node:assert/strict";
import {
  ACCOUNTANTS,
  coinPress,
  entryOf,
  epsilonAt,
  epsilonOfRho,
  exponentialSubset,
  leastSquares,
  linearProbe,
  noisyMeans,
  type PrivateHead,
  publicPrototypes,
  type Relation,
  seededNoise,
  sensitivity,
  spentOn,
} from "../../../../stages/privacy/mod.ts";
import { upperTail } from "../../../../stages/privacy/accounting/special.ts";
import { checkCounts, checkNumbers, gammaCdf } from "../_fit.ts";
import { cluster, rowsOf } from "./_clusters.ts";

const N = 2000;
const CLASSES = [rowsOf([0.5, 0], [0, 0.5], [0.3, 0.3], [0, 0]), rowsOf([1, 0], [0, 1])];
const CANDIDATES = rowsOf([1, 0], [0, 1], [1, 1], [-1, 0]);

Deno.test("noisyMeans() under replace-one has normal noise of variance 2 r^2 / (n^2 rho), as the paper says", () => {
  const noise = seededNoise(1, "mean");
  const [rho, bound] = [0.5, 2];
  const drawn = Array.from({ length: N }, () => {
    return noisyMeans(CLASSES, { relation: "replace-one", budget: { rho }, bound }, noise).head.vectors.data;
  });
  const deviation = (n: number) => Math.sqrt(2 * bound ** 2 / (n ** 2 * rho));
  checkNumbers(drawn.map((data) => (data[0]! - 0.2) / deviation(4)), (z) => upperTail(-z));
  checkNumbers(drawn.map((data) => (data[3]! - 0.5) / deviation(2)), (z) => upperTail(-z));
});

Deno.test("noisyMeans() of pure epsilon has L2-Laplace noise: a Gamma radius of scale bound / epsilon", () => {
  const noise = seededNoise(1, "pure");
  const drawn = Array.from({ length: N }, () => {
    return noisyMeans(CLASSES, { relation: "add-remove", budget: { epsilon: 0.5 } }, noise).head.vectors.data;
  });
  checkNumbers(drawn.map(([x, y]) => Math.hypot(x! - 0.8, y! - 0.8)), (r) => gammaCdf(2, r / 2));
});

for (const budget of [{ epsilon: 1 }, { rho: 0.125 }]) {
  Deno.test(`publicPrototypes() of ${JSON.stringify(budget)} chooses with probability proportional to exp(score)`, () => {
    const noise = seededNoise(1, "public", JSON.stringify(budget));
    // Cosines of the second class with the candidates; epsilon is 1 in both cases, as 1-DP of this kind is 1/8-zCDP.
    const scores = [1.5, 1.5, 1 + Math.SQRT1_2, 0.5];
    for (const [relation, share] of [["add-remove", 1], ["replace-one", 0.5]] as const) {
      const weights = scores.map((score) => Math.exp(share * score));
      const total = weights.reduce((a, b) => a + b);
      const counts = [0, 0, 0, 0];
      for (let i = 0; i < N; i++) {
        const { head } = publicPrototypes(CLASSES, { relation, budget, candidates: CANDIDATES }, noise);
        const [x, y] = head.vectors.data.subarray(2);
        counts[
          [...Array(4).keys()].find((j) => {
            return CANDIDATES.data[2 * j] === x && CANDIDATES.data[2 * j + 1] === y;
          })!
        ]!++;
      }
      checkCounts(counts, weights.map((weight) => weight / total), N);
    }
  });
}

/** All sets of k of n, and their probabilities by the closed form. */
function subsets(scores: readonly number[], k: number, weight: number) {
  const sets = Array.from({ length: 2 ** scores.length }, (_, bits) => {
    return scores.flatMap((_, i) => bits & 1 << i ? [i] : []);
  }).filter((set) => set.length === k);
  const weights = sets.map((set) => Math.exp(weight * Math.min(...set.map((i) => scores[i]!))));
  const total = weights.reduce((a, b) => a + b);
  return { sets: sets.map((set) => set.join()), probabilities: weights.map((w) => w / total) };
}

function scored(scores: readonly number[], relation: "add-remove" | "replace-one" = "replace-one") {
  return { value: Float64Array.from(scores), sensitivity: sensitivity("linf", 1, relation) };
}

Deno.test("exponentialSubset() draws sets with probability proportional to exp(epsilon least / 2)", () => {
  const noise = seededNoise(1, "subset");
  const scores = [0, 2, 1, 3, 1];
  for (const k of [1, 2, 3]) {
    const { sets, probabilities } = subsets(scores, k, 0.7);
    const drawn = Array.from({ length: 2 * N }, () => {
      return exponentialSubset(scored(scores) as never, { epsilon: 1.4, k }, noise).value.join();
    });
    checkCounts(sets.map((set) => drawn.filter((other) => other === set).length), probabilities, 2 * N);
  }
});

Deno.test("exponentialSubset() is epsilon-DP by its closed form, and its loss spans epsilon where scores are monotone", () => {
  const noise = seededNoise(2);
  const range = (moved: (score: number, i: number) => number, weight: number, k: number) => {
    const scores = Array.from({ length: 6 }, () => Math.floor(noise.word() % 6));
    const [a, b] = [scores, scores.map(moved)].map((s) => subsets(s, k, weight).probabilities);
    const losses = a!.map((p, i) => Math.log(p / b![i]!));
    return { most: Math.max(...losses.map(Math.abs)), span: Math.max(...losses) - Math.min(...losses) };
  };
  for (let trial = 0; trial < 300; trial++) {
    const k = 1 + trial % 3;
    const bits = noise.word();
    const up = range((score, i) => score + (bits >> i & 1), 1.3, k);
    assert.ok(up.most <= 1.3 + 1e-9 && up.span <= 1.3 + 1e-9, `${up.most}, ${up.span}`);
    const both = range((score, i) => score + (bits >> i & 1) * 2 - 1, 0.65, k);
    assert.ok(both.most <= 1.3 + 1e-9 && both.span <= 1.3 + 1e-9, `${both.most}, ${both.span}`);
  }
});

const wide = { centre: new Float64Array(2), radius: 2, scale: 0.5 };
const METHODS = {
  noisyMeans: (relation: Relation, budget: never) =>
    noisyMeans(CLASSES, { relation, budget, sizeShare: 0.2 }, seededNoise(1)),
  coinPress: (relation: Relation, budget: never) => coinPress(CLASSES, { relation, budget, ...wide }, seededNoise(1)),
  publicPrototypes: (relation: Relation, budget: never) =>
    publicPrototypes(CLASSES, { relation, budget, candidates: CANDIDATES }, seededNoise(1)),
  topPrototypes: (relation: Relation, budget: never) =>
    publicPrototypes(CLASSES, { relation, budget, candidates: CANDIDATES, k: 2 }, seededNoise(1)),
  linearProbe: (relation: Relation, budget: never) => linearProbe(CLASSES, { relation, budget }, seededNoise(1)),
  leastSquares: (relation: Relation, budget: never) => leastSquares(CLASSES, { relation, budget }, seededNoise(1)),
};
const NORMAL = ["coinPress", "linearProbe"];

for (const [name, make] of Object.entries(METHODS)) {
  for (const relation of ["add-remove", "replace-one"] as const) {
    Deno.test(`${name}() costs its budget under ${relation}, all classes together, no more and no less`, () => {
      const spent = (budget: unknown) => {
        const { releases } = make(relation, budget as never) as PrivateHead<"add-remove">;
        return spentOn(releases.map(({ part, release }) => entryOf(release, { data: "people", part })), "people");
      };
      const zcdp = epsilonAt(spent({ rho: 0.3 }), 1e-5, "zcdp")!;
      assert.ok(Math.abs(zcdp - epsilonOfRho(0.3, 1e-5)) < 1e-9, `${zcdp}`);
      if (NORMAL.includes(name)) {
        const again = new RegExp(`^TypeError: Cannot spend a pure epsilon of 0.7 on "${name}": its noise is normal`);
        assert.throws(() => spent({ epsilon: 0.7 }), again);
      } else {
        assert.ok(Math.abs(epsilonAt(spent({ epsilon: 0.7 }), 0, "basic")! - 0.7) < 1e-12);
      }
    });
  }

  Deno.test(`${name}() refuses bad budgets, data and empty classes before it draws any noise`, () => {
    const drawn: string[] = [];
    const source = seededNoise(1, name);
    const watched = {
      get origin() {
        drawn.push("origin");
        return source.origin;
      },
      word() {
        drawn.push("word");
        return source.word();
      },
    };
    const call = (classes: typeof CLASSES, relation: Relation, budget: unknown) => {
      const b = budget as never;
      if (name === "noisyMeans") return noisyMeans(classes, { relation, budget: b }, watched);
      if (name === "coinPress") return coinPress(classes, { relation, budget: b, ...wide }, watched);
      if (name === "linearProbe") return linearProbe(classes, { relation, budget: b }, watched);
      if (name === "leastSquares") return leastSquares(classes, { relation, budget: b }, watched);
      const k = name === "topPrototypes" ? 2 : 1;
      return publicPrototypes(classes, { relation, budget: b, candidates: CANDIDATES, k }, watched);
    };
    const empty = { data: new Float64Array(0), shape: [0, 2] as const };
    const good = { rho: 1 };
    assert.throws(() => call(CLASSES, "add-remove", { rho: -1 }), /^RangeError: "rho" is a positive number, not -1/);
    assert.throws(() => call(CLASSES, "add-remove", {}), /^TypeError: A budget is either/);
    assert.throws(() => call(CLASSES, "added" as never, good), /^TypeError: Unknown neighbouring relation "added"/);
    assert.throws(
      () => call([CLASSES[0]!, empty as never], "replace-one", good),
      /^RangeError: Cannot release anything of class 1: it is empty/,
    );
    assert.throws(
      () => call([CLASSES[0]!, rowsOf([1, NaN])], "add-remove", good),
      /^RangeError: .* finite numbers only/,
    );
    assert.throws(() => call([CLASSES[0]!, rowsOf([1, 2, 3])], "add-remove", good), /^RangeError: Rows of class 1 are/);
    assert.deepEqual(drawn, []);
    // Under add-remove an empty class is no secret that must be kept by an error.
    assert.ok(call([CLASSES[0]!, empty as never], "add-remove", good).releases.length > 0);
  });
}

Deno.test("coinPress() finds means that are far away, and better than one clipping at the same rho", () => {
  const rows = cluster(5, 0, 400, 8, 0.1);
  const far = { data: rows.data.map((x, i) => x + (i % 8 === 0 ? 20 : 0)), shape: rows.shape };
  const exact = Float64Array.from({ length: 8 }, (_, k) => {
    return far.data.reduce((sum, x, i) => sum + (i % 8 === k ? x / 400 : 0), 0);
  });
  const error = (vector: Float64Array) => Math.hypot(...exact.map((x, k) => x - vector[k]!));
  const common = { relation: "replace-one", budget: { rho: 0.5 } } as const;
  const noise = seededNoise(1);
  const errors = Array.from({ length: 20 }, () => {
    const centre = new Float64Array(8);
    const coin = coinPress([far, far], { ...common, centre, radius: 300, scale: 0.1 }, noise);
    const naive = noisyMeans([far, far], { ...common, bound: 25 }, noise);
    return [coin, naive].map(({ head }) => error(head.vectors.data.slice(0, 8)));
  });
  const [coin, naive] = [0, 1].map((i) => errors.reduce((sum, pair) => sum + pair[i]! / 20, 0));
  assert.ok(coin! < 0.5 * naive!, `${coin} ${naive}`);
});

Deno.test("accountants keep pure epsilon and zCDP apart: no pure claim comes of a rho", () => {
  const { releases } = noisyMeans(CLASSES, { relation: "add-remove", budget: { rho: 1 } }, seededNoise(1));
  assert.equal(ACCOUNTANTS.basic(releases[0]!.release.guarantee.costs as never, 1e-5), undefined);
});
