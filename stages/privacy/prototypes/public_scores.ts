/**
 * @file How well public examples stand for private classes: the utility of DPPL-Public. Wahdany et al. (2024), arXiv
 * 2406.08039, section 4.2: `u(p, c) = sum over x in class c of clip(1 + cos(x, p), low, high) - low`, clipped term by term.
 */
import { checkFinite } from "../check.ts";
import type { Rows } from "../clip.ts";
import { checkRelation, type Relation } from "../relation.ts";
import { type Query, sensitivity } from "../sensitivity.ts";

/** Where terms are cut, within [0, 2]. */
export interface Cut {
  readonly low: number;
  readonly high: number;
}

/** Terms are multiples of this: sums of up to 2^24 have no rounding, whatever their order. */
const STEP = 2 ** -29;

/**
 * Scores of public candidates for one class. Terms are divided by `high - low`, so that each is in [0, 1]: a record that
 * comes or goes moves every score by 1 at most, all of them the same way (monotone); one that is replaced, by 1 at most.
 *
 * @throws RangeError for no candidates, a cut outside [0, 2], rows of another width, numbers that are not finite
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { publicScores } from "engram/stages/privacy/mod.ts";
 * const rows = { data: Float64Array.of(1, 0), shape: [1, 2] as const };
 * const candidates = { data: Float64Array.of(2, 0, 0, 1), shape: [2, 2] as const };
 * assert.deepEqual([...publicScores(rows, candidates, { low: 0, high: 2 }, "add-remove").value], [1, 0.5]);
 * ```
 */
export function publicScores<R extends Relation>(
  rows: Rows,
  candidates: Rows,
  { low, high }: Cut,
  relation: R,
): Query<"linf", R> {
  checkRelation(relation);
  if (!(low >= 0 && high <= 2 && low < high)) {
    throw new RangeError(
      `Cannot cut 1 + cosine to [${low}, ${high}]: "low" and "high" are within [0, 2], "low" the lesser`,
    );
  }
  const [[n, d], [m, width]] = [rows.shape, candidates.shape];
  if (m === 0) throw new RangeError("Cannot select a prototype among no public examples");
  if (d !== width) throw new RangeError(`Private examples have ${d} features, and public ones ${width}`);
  checkFinite("private embeddings", rows.data);
  checkFinite("public embeddings", candidates.data);
  const [units, others] = [unitRows(rows), unitRows(candidates)];
  const value = new Float64Array(m);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      let cosine = 0;
      for (let k = 0; k < d; k++) cosine += units[i * d + k]! * others[j * d + k]!;
      const term = (Math.min(high, Math.max(low, 1 + cosine)) - low) / (high - low);
      value[j]! += Math.trunc(term / STEP) * STEP;
    }
  }
  return { value, sensitivity: sensitivity("linf", 1, relation) };
}

/** Rows of length 1; rows of zeros stay. */
export function unitRows({ data, shape: [n, d] }: Rows): Float64Array {
  const units = new Float64Array(n * d);
  for (let i = 0; i < n; i++) {
    let square = 0;
    for (let k = i * d; k < i * d + d; k++) square += data[k]! * data[k]!;
    const length = Math.sqrt(square);
    if (length > 0) { for (let k = i * d; k < i * d + d; k++) units[k] = data[k]! / length; }
  }
  return units;
}
