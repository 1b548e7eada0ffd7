/** @file Did-you-mean: the nearest of the valid names, for error messages. */
import { distance } from "fastest-levenshtein";

/** The candidate closest to `name`, or undefined when none is close enough to be a slip of the fingers. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(name.length * 0.4)) + 1;
  for (const candidate of candidates) {
    const cost = distance(name.toLowerCase(), candidate.toLowerCase());
    // As many edits as letters: nothing is shared.
    if (cost < least && cost < Math.max(name.length, candidate.length)) [best, least] = [candidate, cost];
  }
  return best;
}

/** How many names a message lists before it only counts them. */
const SHOWN = 12;

/**
 * The second half of a message about an unknown name: the nearest valid one, and what there is.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { didYouMean } from "engram/dsl/nearest.ts";
 * assert(didYouMean("roh", ["rho", "lr"]) === 'did you mean "rho"? Known: "lr", "rho"');
 * ```
 */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const known = [...candidates].sort();
  const close = nearest(name, known);
  const shown = known.slice(0, SHOWN).map((candidate) => `"${candidate}"`);
  if (known.length > SHOWN) shown.push(`and ${known.length - SHOWN} more`);
  const list = known.length === 0 ? "none is known" : `Known: ${shown.join(", ")}`;
  return close === undefined ? list : `did you mean "${close}"? ${list}`;
}
