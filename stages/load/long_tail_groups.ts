/**
 * @file Subpopulations of a long-tailed data set: how large they are, and how the `group` column names them. Source:
 * Feldman (2020), Does Learning Require Memorization? A Short Tale about a Long Tail (arXiv 1906.05271), section 1.1.
 */

/** A subpopulation, as an example's `group` states it. */
export interface Subpopulation {
  /** The class it truly belongs to; a mislabelled example's `y` differs from it. */
  readonly class: number;
  /** Its rank in its class, 0-based: 0 is the most frequent. */
  readonly rank: number;
  /** How many training examples it has. 1 makes them singletons. */
  readonly count: number;
}

/**
 * The `group` of an example: `class=3 rank=17 count=1`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatGroup, parseGroup } from "engram/stages/load/long_tail_groups.ts";
 * const group = formatGroup({ class: 3, rank: 17, count: 1 });
 * assert(group === "class=3 rank=17 count=1" && parseGroup(group).rank === 17);
 * ```
 */
export function formatGroup({ class: label, rank, count }: Subpopulation): string {
  return `class=${label} rank=${rank} count=${count}`;
}

/**
 * Reads what {@link formatGroup} wrote, also with the words that `corrupt` adds to the group of a noisy example.
 *
 * @throws TypeError when `group` is something else: most data sets have no known subpopulations.
 */
export function parseGroup(group: string): Subpopulation {
  const match = /^class=(\d+) rank=(\d+) count=(\d+)(?: noisy was=\d+)?$/.exec(group);
  if (match === null) {
    throw new TypeError(
      `Cannot read "${group}" as a subpopulation: only examples of load.longTail have one, like "class=0 rank=2 count=1"`,
    );
  }
  return { class: Number(match[1]), rank: Number(match[2]), count: Number(match[3]) };
}

/**
 * Sizes of `groups` subpopulations that share `total` examples by Zipf's law: the size of rank r (0-based) is
 * proportional to (r + 1)^-exponent, rounded, and at least 1. They add up to `total` and do not increase with rank.
 *
 * @throws RangeError when there are fewer examples than groups.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { zipfSizes } from "engram/stages/load/long_tail_groups.ts";
 * assert(zipfSizes(20, 6, 1.5).join() === "11,4,2,1,1,1");
 * ```
 */
export function zipfSizes(total: number, groups: number, exponent: number): number[] {
  if (total < groups) {
    throw new RangeError(`Cannot share ${total} examples among ${groups} subpopulations: give each at least one`);
  }
  const weights = Array.from({ length: groups }, (_, rank) => (rank + 1) ** -exponent);
  // One each, and the rest in proportion to how far a size falls short of its share: largest first, so that the sizes
  // add up exactly. Sainte-Laguë's divisors (2k + 1) round each share to the nearest.
  const sizes = new Array<number>(groups).fill(1);
  for (let given = groups; given < total; given++) {
    let next = 0;
    for (let rank = 1; rank < groups; rank++) {
      if (weights[rank]! / (2 * sizes[rank]! + 1) > weights[next]! / (2 * sizes[next]! + 1)) next = rank;
    }
    sizes[next]!++;
  }
  return sizes;
}
