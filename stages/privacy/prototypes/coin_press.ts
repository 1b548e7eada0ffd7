/**
 * @file CoinPress: a mean by ever smaller balls. Biswas, Dong, Kamath & Ullman (2020), arXiv 2006.06618, Algorithm 2 (MVMRec),
 * with the constants that DPPL uses: three steps of 5/64, 7/64 and 52/64 of rho, and tails of probability 0.01.
 */
import { checkFinite, checkPositive } from "../check.ts";
import type { Rows } from "../clip.ts";
import { gaussian } from "../mechanisms/gaussian.ts";
import type { NoiseSource } from "../noise/source.ts";
import { clippedMean, clippedSum } from "../queries.ts";
import { checkRelation, type Relation } from "../relation.ts";
import { clipToBall } from "./ball.ts";
import { type Budget, rhoFor } from "./budget.ts";
import { checkClasses, headOf, type PartRelease, type PrivateHead } from "./head.ts";
import { checkSizeShare, noisySize } from "./mean.ts";

/** How CoinPress is run. All but the budget rests on public knowledge. */
export interface CoinPressRequest<R extends Relation> {
  readonly relation: R;
  /** `{ rho }`, of every class. */
  readonly budget: Budget;
  /** Where the means are taken to be: within `radius` scales of this. */
  readonly centre: Float64Array;
  readonly radius: number;
  /** Standard deviation of a coordinate within a class: CoinPress is about rows whose covariance is the identity. */
  readonly scale: number;
  /** Shares of rho, one a step. */
  readonly shares?: readonly number[];
  /** Under add-remove: the share of the budget that goes into a noisy size, which the means are divided by. */
  readonly sizeShare?: number;
}

/** The authors' steps. */
const SHARES = [5 / 64, 7 / 64, 52 / 64] as const;

/**
 * A mean a class: each step clips to a ball that should have nearly all rows in it, releases a noisy mean, and takes the
 * ball around that, whose radius follows from the noise. A wrong guess of centre, radius or scale costs accuracy, never
 * privacy.
 *
 * @throws TypeError for a budget of pure epsilon; RangeError as `noisyMeans()`, and for shares that do not add up to 1
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { coinPress, seededNoise } from "engram/stages/privacy/mod.ts";
 * const rows = { data: Float64Array.from({ length: 400 }, (_, i) => 3 + Math.sin(i)), shape: [200, 2] as const };
 * const how = { relation: "replace-one", budget: { rho: 10 }, centre: new Float64Array(2), radius: 10, scale: 0.7 } as const;
 * const { head } = coinPress([rows, rows], how, seededNoise(1));
 * assert(Math.abs(head.vectors.data[0]! - 3) < 0.3);
 * ```
 */
export function coinPress<R extends Relation>(
  classes: readonly Rows[],
  { relation, budget, centre, radius, scale, shares = SHARES, sizeShare = 0.05 }: CoinPressRequest<R>,
  noise: NoiseSource,
): PrivateHead<R> {
  checkRelation(relation);
  const rho = rhoFor("coinPress", budget);
  const d = checkClasses(classes, relation);
  checkPositive("radius", radius);
  checkPositive("scale", scale);
  checkFinite("centre", centre);
  if (centre.length !== d) throw new RangeError(`A centre of ${centre.length} numbers cannot be one of rows of ${d}`);
  checkShares(shares);
  checkSizeShare(sizeShare);
  if (relation === "add-remove" && sizeShare === 0) {
    throw new RangeError(
      `"sizeShare" is above 0 for "coinPress" under "add-remove": it divides by sizes, which are private`,
    );
  }
  classes.forEach(({ data }, label) => checkFinite(`class ${label}`, data));
  const releases: PartRelease<R>[] = [];
  const sized = relation === "replace-one" ? 0 : sizeShare;
  const vectors = classes.map((rows, label) => {
    const part = `class ${label}`;
    const [count] = rows.shape;
    let size = count;
    if (sized > 0) {
      const release = noisySize(count, relation, { rho: rho * sized }, noise);
      releases.push({ part, release });
      size = Math.max(1, release.value[0]!);
    }
    const standard = { data: Float64Array.from(rows.data, (x, i) => (x - centre[i % d]!) / scale), shape: rows.shape };
    let ball = { centre: new Float64Array(d), radius };
    for (const share of shares) {
      const reach = reachOf(ball.radius, d);
      const clipped = clipToBall(standard, ball.centre, reach);
      const query = relation === "replace-one" ? clippedMean(clipped, relation) : clippedSum(clipped, relation);
      const by = relation === "replace-one" ? 1 : size;
      const stepRho = rho * (1 - sized) * share;
      const release = gaussian(query as ReturnType<typeof clippedSum<"l2", R>>, { rho: stepRho }, noise);
      releases.push({ part, release });
      const deviation = query.sensitivity.bound / by / Math.sqrt(2 * stepRho);
      ball = {
        centre: ball.centre.map((c, i) => c + release.value[i]! / by),
        radius: tailOf(d) * Math.sqrt(1 / size + deviation ** 2),
      };
    }
    return ball.centre.map((c, i) => centre[i]! + scale * c);
  });
  return { head: headOf("cosine", vectors), releases };
}

/** A length that a standard normal vector of d numbers exceeds with probability 0.01 at most (Laurent & Massart 2000). */
function tailOf(d: number): number {
  const log = Math.log(1 / 0.01);
  return Math.sqrt(d + 2 * Math.sqrt(d * log) + 2 * log);
}

/** How far from the ball's centre nearly all rows are, where the mean is within `radius` of it. */
function reachOf(radius: number, d: number): number {
  const tail = tailOf(d);
  return Math.min(Math.sqrt(radius ** 2 + 6 * radius + tail ** 2), radius + tail);
}

function checkShares(shares: readonly number[]): void {
  const sum = shares.reduce((a, b) => a + b, 0);
  if (shares.some((share) => !(share > 0)) || Math.abs(sum - 1) > 1e-12) {
    throw new RangeError(`"shares" are above 0 and add up to 1, not ${JSON.stringify(shares)}`);
  }
}
