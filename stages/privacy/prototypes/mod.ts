/**
 * @file Private classifiers on embeddings: DPPL's prototypes (Wahdany et al. 2024, arXiv 2406.08039), linear probing and least
 * squares. See docs/decisions/0021-prototypes.md.
 * @module
 */
export { headAccuracy } from "./accuracy.ts";
export { clipToBall } from "./ball.ts";
export { type Budget, budgetSpec } from "./budget.ts";
export { coinPress, type CoinPressRequest } from "./coin_press.ts";
export { exponentialSubset } from "./exponential_subset.ts";
export { type Head, headOf, type PartRelease, type PrivateHead } from "./head.ts";
export { leastSquares, type LeastSquaresRequest } from "./least_squares.ts";
export { linearProbe, type ProbeRequest } from "./linear_probe.ts";
export { type MeanRequest, noisyMeans } from "./mean.ts";
export { type MethodSpec, methodSpec } from "./methods.ts";
export { classify } from "./nearest.ts";
export { prepare } from "./prepare.ts";
export { publicPrototypes, type PublicRequest } from "./public_prototypes.ts";
export { publicScores } from "./public_scores.ts";
export { entriesOfHeads, headLedger, readHeads } from "./read_heads.ts";
export { classMeans, release } from "./release.ts";
