/**
 * @file Differential privacy: mechanisms with exact guarantees, accountants, a ledger, and an auditor that tries to refute them.
 *
 * A query brings its sensitivity under one neighbouring relation, in the norm that a mechanism hides; a mechanism returns a
 * release, which has a guarantee about the same relation; guarantees of one relation compose. Noise that nobody can have
 * again is in `noise/secure.ts`, apart from all this: the executor refuses stages that can reach it. See
 * docs/decisions/0015-privacy.md for noise sources and for what rounding can and cannot break.
 *
 * @module
 */
export { type AccountantName, ACCOUNTANTS, epsilonAt } from "./accounting/accountants.ts";
export { BudgetError, PersonalBudgets } from "./accounting/budgets.ts";
export { noiseMultiplierFor, type Target } from "./accounting/calibrate.ts";
export { compose, parallel, type Partition } from "./accounting/compose.ts";
export { discreteGaussianDelta } from "./accounting/discrete_gaussian.ts";
export { analyticNoiseMultiplier, classicNoiseMultiplier, gaussianDelta } from "./accounting/gaussian.ts";
export { epsilonOfLosses } from "./accounting/losses.ts";
export { gnMaxRdp, thresholdRdp } from "./accounting/pate.ts";
export { epsilonOfRdp, ORDERS, rdpOf } from "./accounting/rdp.ts";
export { epsilonOfRho, rhoOf } from "./accounting/zcdp.ts";
export { type Audit, audit, type Subject } from "./audit/audit.ts";
export { type Claim, claimsOf } from "./audit/claims.ts";
export { clip, type ClipNorm, Clipped, type Rows } from "./clip.ts";
export { asReplaceOne, type Cost, type Guarantee, guarantee, type Parts } from "./guarantee.ts";
export { account } from "./ledger/account.ts";
export { personalEpsilons } from "./ledger/personal.ts";
export { readLedger, under, writeLedger } from "./ledger/table.ts";
export {
  type AnyEntry,
  type Entry,
  entryOf,
  everMerged,
  merge,
  renamed,
  SharedNoiseError,
  spentOn,
} from "./ledger/entry.ts";
export { type Spent, summary } from "./ledger/summary.ts";
export { entriesOf, trainingLedger } from "./ledger/training.ts";
export { trainingEpsilon } from "./ledger/training_epsilon.ts";
export { discreteGaussian } from "./mechanisms/discrete_gaussian.ts";
export { exponential } from "./mechanisms/exponential.ts";
export { gaussian, type GaussianNoise } from "./mechanisms/gaussian.ts";
export { gnMax, type GnMaxNoise } from "./mechanisms/gn_max.ts";
export { l2Laplace } from "./mechanisms/l2_laplace.ts";
export { laplace } from "./mechanisms/laplace.ts";
export { noisyMax } from "./mechanisms/noisy_max.ts";
export { randomizedResponse } from "./mechanisms/randomized_response.ts";
export type { Selection } from "./mechanisms/scores.ts";
export { topK } from "./mechanisms/top_k.ts";
export { seededNoise } from "./noise/seeded.ts";
export type { NoiseSource, Origin } from "./noise/source.ts";
export { sampledRidge, uniformRidge } from "./personalized/baselines.ts";
export { comparePersonalized } from "./personalized/compare.ts";
export { comparePersonalizedOn } from "./personalized/compare_on.ts";
export { insurance } from "./personalized/insurance.ts";
export { noiseRate, personalizedRidge, type PersonalRelease } from "./personalized/output_perturbation.ts";
export { type Sample, squaredError, weightedRidge } from "./personalized/ridge.ts";
export { type Levels, type Population, syntheticPopulation } from "./personalized/synthetic.ts";
export * from "./prototypes/mod.ts";
export { clippedMean, clippedSum, histogram } from "./queries.ts";
export { type Relation, RelationError, RELATIONS } from "./relation.ts";
export type { Release } from "./release.ts";
export { type Norm, type Query, type Sensitivity, sensitivity } from "./sensitivity.ts";
