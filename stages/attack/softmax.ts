/** @file Softmax of one vector of logits, with logarithms and complements that do not round to 0 near certainty. */

/** What a softmax gives, by class. */
export interface Softmax {
  /** p_k. */
  readonly p: readonly number[];
  /** log p_k, in nats. */
  readonly logP: readonly number[];
  /** 1 - p_k. */
  readonly complement: readonly number[];
}

/**
 * Softmax of `logits`. The largest probability's complement is the sum of the others, not `1 - p`, so that models which
 * are certain to 20 digits still differ in their scores.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { softmax } from "engram/stages/attack/softmax.ts";
 * const { complement, logP } = softmax([50, 0]);
 * assert(complement[0] === Math.exp(-50) && logP[0] === -Math.exp(-50));
 * ```
 */
export function softmax(logits: ArrayLike<number>): Softmax {
  const classes = logits.length;
  let top = 0;
  for (let k = 1; k < classes; k++) if (logits[k]! > logits[top]!) top = k;
  const most = logits[top]!;
  let rest = 0;
  for (let k = 0; k < classes; k++) if (k !== top) rest += Math.exp(logits[k]! - most);

  // Plain arrays, because this runs once for every example of every model: short typed ones take longer to allocate.
  const logSum = Math.log1p(rest);
  const [p, logP, complement]: [number[], number[], number[]] = [[], [], []];
  for (let k = 0; k < classes; k++) {
    const log = logits[k]! - most - logSum;
    const value = Math.exp(log);
    logP.push(log);
    p.push(value);
    complement.push(k === top ? rest / (1 + rest) : 1 - value);
  }
  return { p, logP, complement };
}
