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

/**
 * The second half of a message about an unknown name: the nearest valid one and all of them.
 *
 * @example
 * ```ts
 * import { didYouMean } from "engram/dsl/nearest.ts";
 * console.assert(didYouMean("roh", ["rho", "lr"]) === 'did you mean "rho"? Known: "lr", "rho"');
 * ```
 */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const known = [...candidates].sort();
  const close = nearest(name, known);
  const list = known.length === 0 ? "none is known" : `Known: ${known.map((k) => `"${k}"`).join(", ")}`;
  return close === undefined ? list : `did you mean "${close}"? ${list}`;
}
