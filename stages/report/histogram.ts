/** @file Histograms of attacks' scores, on bins that several attacks share. */
import type { Value } from "../../dsl/mod.ts";
import { type AttackScores, TRUTH } from "../artifacts/mod.ts";

/** Scores by what is true of the example; all targets pooled. */
export interface ScoresByTruth {
  readonly members: Float64Array;
  readonly nonMembers: Float64Array;
}

/** One bar: the share of the members, or of the non-members, whose scores lie in `[from, to)`. */
export interface Bar {
  readonly from: number;
  readonly to: number;
  readonly who: "members" | "non-members";
  readonly share: number;
}

/** An attack's scores of its candidates. */
export function scoresByTruth({ score, truth }: Value<typeof AttackScores>): ScoresByTruth {
  const of = (kind: number) => score.data.filter((_, i) => truth.data[i] === kind);
  return { members: of(TRUTH.member), nonMembers: of(TRUTH.nonMember) };
}

/**
 * Bars of each attack. The bins span the scores of all of them from the quantile `cut` to `1 - cut`; scores beyond are
 * counted in the outermost bins, so that the shares of each attack and truth sum to 1.
 *
 * @throws RangeError when an attack has no members or no non-members.
 */
export function histogram(all: readonly ScoresByTruth[], { bins, cut }: { bins: number; cut: number }): Bar[][] {
  if (all.some(({ members, nonMembers }) => members.length === 0 || nonMembers.length === 0)) {
    throw new RangeError("Cannot draw the scores of an attack without members or without non-members");
  }
  const sorted = Float64Array.from(all.flatMap(({ members, nonMembers }) => [...members, ...nonMembers])).sort();
  const [low, most] = [cut, 1 - cut].map((level) => sorted[Math.round(level * (sorted.length - 1))]!) as [
    number,
    number,
  ];
  // All scores equal: one bin holds them.
  const high = most > low ? most : low + 1;
  const width = (high - low) / bins;
  return all.map(({ members, nonMembers }) => [["members", members], ["non-members", nonMembers]] as const).map((
    groups,
  ) =>
    groups.flatMap(([who, scores]) => {
      const counts = new Float64Array(bins);
      for (const score of scores) counts[Math.min(bins - 1, Math.max(0, Math.floor((score - low) / width)))]!++;
      return Array.from(counts, (count, i): Bar => {
        return { from: low + i * width, to: low + (i + 1) * width, who, share: count / scores.length };
      });
    })
  );
}
