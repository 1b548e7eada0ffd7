/** @file What a release may cost: pure epsilon, or zCDP's rho. The two are different promises and are never put on one axis. */
import { z } from "zod";
import { checkPositive } from "../check.ts";
import { gaussian } from "../mechanisms/gaussian.ts";
import { l2Laplace } from "../mechanisms/l2_laplace.ts";
import type { NoiseSource } from "../noise/source.ts";
import type { Relation } from "../relation.ts";
import type { Release } from "../release.ts";
import type { Query } from "../sensitivity.ts";

/**
 * Pure `epsilon`-DP, or `rho`-zCDP. Neither stands for the other: `epsilon`-DP is `epsilon^2 / 2`-zCDP, and `rho`-zCDP is
 * no pure guarantee at all.
 */
export type Budget = { readonly epsilon: number } | { readonly rho: number };

/** A budget as a parameter. */
export const budgetSpec = z.union([
  z.strictObject({ epsilon: z.number().positive().describe("of pure differential privacy") }),
  z.strictObject({ rho: z.number().positive().describe("of zero-concentrated differential privacy") }),
], { error: () => "a budget is { epsilon } for pure differential privacy, or { rho } for zCDP, above 0" });

/**
 * @throws RangeError for a budget that is not positive, TypeError for one of neither or both kinds
 */
export function checkBudget(budget: Budget): void {
  const { epsilon, rho } = budget as { readonly epsilon?: number; readonly rho?: number };
  if ((epsilon === undefined) === (rho === undefined)) {
    throw new TypeError(`A budget is either { epsilon } or { rho }, not ${JSON.stringify(budget)}`);
  }
  if (epsilon !== undefined) checkPositive("epsilon", epsilon);
  if (rho !== undefined) checkPositive("rho", rho);
}

/** A share of a budget: epsilons and rhos both add up. */
export function shareOf(budget: Budget, share: number): Budget {
  return "epsilon" in budget ? { epsilon: budget.epsilon * share } : { rho: budget.rho * share };
}

/**
 * The rho of a budget for a method that normal noise is built into.
 *
 * @throws TypeError for a budget of pure epsilon
 */
export function rhoFor(method: string, budget: Budget): number {
  checkBudget(budget);
  if ("rho" in budget) return budget.rho;
  throw new TypeError(
    `Cannot spend a pure epsilon of ${budget.epsilon} on "${method}": its noise is normal and has no pure guarantee; ` +
      `give { rho }`,
  );
}

/**
 * The epsilon that an exponential mechanism may have. Its loss spans only epsilon, so it is `epsilon^2 / 8`-zCDP (Cesar &
 * Rogers 2021): under zCDP, epsilon is `sqrt(8 rho)`.
 */
export function selectionEpsilon(budget: Budget): number {
  checkBudget(budget);
  return "epsilon" in budget ? budget.epsilon : Math.sqrt(8 * budget.rho);
}

/** A vector with the noise that a budget allows: L2-Laplace for pure epsilon, normal for rho. */
export function noisyVector<R extends Relation>(
  query: Query<"l2", R>,
  budget: Budget,
  noise: NoiseSource,
): Release<Float64Array, R> {
  checkBudget(budget);
  return "epsilon" in budget ? l2Laplace(query, budget, noise) : gaussian(query, budget, noise);
}
