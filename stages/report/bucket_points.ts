/** @file The points of a figure by bucket: accuracy, and gain over a reference, of each group in each bucket. */
import { didYouMean } from "../../dsl/mod.ts";
import { pairedGain } from "./gain.ts";
import { type Measurement, single } from "./measurements.ts";
import type { Estimate } from "./ties.ts";

/** One point: a mean over `n` models, in per cent (accuracy) or percentage points (gain). */
export interface Point {
  readonly group: string;
  readonly bucket: number;
  readonly value: number;
  /** Ends of the 95 % interval; null where there is none, since JSON has no NaN. */
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
}

const METRIC = "test accuracy";

/**
 * Mean test accuracy of each group in each bucket.
 *
 * @throws RangeError when there is none.
 */
export function accuracyPoints(all: readonly Measurement[], groups: readonly string[]): Point[] {
  const sliced = bySlice(all.filter((m) => m.model === -1));
  if (sliced.size === 0) {
    const known = new Set(all.map((m) => m.slice));
    throw new RangeError(
      `Cannot draw test accuracy by bucket: no slice is a bucket (${didYouMean("bucket 1", known)}); ` +
        `wire what stats.accuracyByBucket() returns`,
    );
  }
  return points(sliced, groups, (members, group) => single(members.filter((m) => m.group === group)));
}

/**
 * Gain of each other group over `reference`, paired by model.
 *
 * @throws RangeError when `reference` is no group.
 */
export function gainPoints(all: readonly Measurement[], groups: readonly string[], reference: string): Point[] {
  if (!groups.includes(reference)) {
    throw new RangeError(`Cannot draw the gain over "${reference}", it is no group: ${didYouMean(reference, groups)}`);
  }
  const others = groups.filter((group) => group !== reference);
  return points(
    bySlice(all),
    others,
    (members, group) =>
      pairedGain(members.filter((m) => m.group === group), members.filter((m) => m.group === reference)),
  );
}

function bySlice(all: readonly Measurement[]): Map<number, Measurement[]> {
  const sliced = all.filter((m) => m.metric === METRIC && /^bucket \d+$/.test(m.slice));
  const buckets = Map.groupBy(sliced, (m) => Number(m.slice.slice("bucket ".length)));
  return new Map([...buckets].sort(([a], [b]) => a - b));
}

function points(
  sliced: Map<number, Measurement[]>,
  groups: readonly string[],
  estimate: (members: readonly Measurement[], group: string) => (Estimate & { readonly n: number }) | undefined,
): Point[] {
  return groups.flatMap((group) =>
    [...sliced].flatMap(([bucket, members]): Point[] => {
      const found = estimate(members, group);
      if (found === undefined || Number.isNaN(found.value)) return [];
      const [low, high] = [found.low, found.high].map((end) => Number.isNaN(end) ? null : 100 * end);
      return [{ group, bucket, value: 100 * found.value, low: low!, high: high!, n: found.n }];
    })
  );
}
