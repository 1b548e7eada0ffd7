/**
 * @file What PATE's answers cost on the votes there were: Papernot et al. (2018), arXiv 1802.08908, Theorem 6 with Propositions
 * 7, 8 and 10, and Theorem 6 again for the threshold. These numbers depend on the votes, so they are private themselves.
 */
import { checkCount, checkPositive } from "../check.ts";
import { logAdd, logErfc } from "./special.ts";

/**
 * The Renyi divergence of GNMax's answer to one question, for a change of one teacher's vote, at an order: the smaller of
 * `order / deviation^2` and a bound that is close to 0 where teachers agree.
 *
 * It is no guarantee that may be published or entered into a ledger: it tells of the votes. The authors release it with
 * smooth sensitivity (their section B), which is not here. It says how much the data-independent costs that `gnMax()`
 * states overstate, to who may see the votes.
 *
 * @param votes how many teachers vote for each class
 * @param deviation of the noise on each count
 * @throws RangeError for an order of 1 or below, a deviation that is not positive, fewer than two classes
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gnMaxRdp } from "engram/stages/privacy/mod.ts";
 * const [agreed, split] = [[250, 0, 0], [130, 120, 0]].map((votes) => gnMaxRdp(votes, 40, 10));
 * assert(agreed! < split! / 100 && split === 10 / 40 ** 2);
 * ```
 */
export function gnMaxRdp(votes: ArrayLike<number>, deviation: number, order: number): number {
  checkPositive("deviation", deviation);
  checkCount("number of classes", votes.length, 2);
  const counts = Array.from(votes);
  counts.forEach((count, i) => checkCount(`votes[${i}]`, count, 0));
  const winner = counts.indexOf(Math.max(...counts));
  // Proposition 7: another class beats the winner with probability erfc(gap / (2 deviation)) / 2 at most.
  const beaten = counts.map((count, i) =>
    i === winner ? -Infinity : logErfc((counts[winner]! - count) / (2 * deviation)) - Math.LN2
  );
  const logQ = Math.min(beaten.reduce(logAdd), Math.log1p(-1 / counts.length));
  return dataDependent(logQ, deviation, order);
}

/**
 * The Renyi divergence of the answer whether `most` votes plus noise reach the threshold, for a change of one vote. Private,
 * as `gnMaxRdp()` is.
 *
 * @throws RangeError as `gnMaxRdp()`
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { thresholdRdp } from "engram/stages/privacy/mod.ts";
 * const how = { votes: 200, deviation: 20 };
 * assert(thresholdRdp(100, how, 10) < thresholdRdp(200, how, 10));
 * ```
 */
export function thresholdRdp(
  most: number,
  { votes, deviation }: { readonly votes: number; readonly deviation: number },
  order: number,
): number {
  checkPositive("deviation", deviation);
  checkCount("most", most, 0);
  const log = (sign: number) => logErfc(sign * (votes - most) / (deviation * Math.SQRT2)) - Math.LN2;
  // The count moves by 1, where two of GNMax's counts do: noise of sqrt(2) times the deviation on those.
  return dataDependent(Math.min(log(1), log(-1)), Math.SQRT2 * deviation, order);
}

/** Theorem 6, with the higher orders of Proposition 10, where its conditions hold. */
function dataDependent(logQ: number, deviation: number, order: number): number {
  if (!(order > 1)) throw new RangeError(`"order" is above 1, not ${order}`);
  const independent = order / deviation ** 2;
  if (logQ === -Infinity) return 0;
  const second = deviation * Math.sqrt(-logQ);
  const first = second + 1;
  if (!(first > order && second > 1)) return independent;
  const [one, two] = [first / deviation ** 2, second / deviation ** 2];
  // Lemma 9: q is small enough for the bound to grow with it.
  const limit = (second - 1) * two - second * (Math.log(first / (first - 1)) + Math.log(second / (second - 1)));
  if (logQ > limit || -logQ <= two) return independent;
  const rest = log1mExp(logQ);
  const a = (order - 1) * (rest - log1mExp((logQ + two) * (1 - 1 / second)));
  const b = (order - 1) * (one - logQ / (first - 1));
  return Math.min(independent, logAdd(rest + a, logQ + b) / (order - 1));
}

/** `log(1 - exp(x))` for x below 0. */
function log1mExp(x: number): number {
  return x < -1 ? Math.log1p(-Math.exp(x)) : Math.log(-Math.expm1(x));
}
