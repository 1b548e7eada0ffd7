/** @file Softmax of one vector of logits, with logarithms and complements that do not round to 0 near certainty. */

/** What a softmax gives, by class. */
export interface Softmax {
  /** p_k. */
  readonly p: Float64Array;
  /** log p_k, in nats. */
  readonly logP: Float64Array;
  /** 1 - p_k. */
  readonly complement: Float64Array;
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
  let top = 0;
  for (let k = 1; k < logits.length; k++) if (logits[k]! > logits[top]!) top = k;
  const most = logits[top]!;
  let rest = 0;
  for (let k = 0; k < logits.length; k++) if (k !== top) rest += Math.exp(logits[k]! - most);

  const logSum = Math.log1p(rest);
  const logP = Float64Array.from(logits, (logit) => logit - most - logSum);
  const p = logP.map(Math.exp);
  const complement = p.map((value, k) => k === top ? rest / (1 + rest) : 1 - value);
  return { p, logP, complement };
}
