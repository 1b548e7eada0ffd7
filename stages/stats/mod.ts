/** @file Statistics over a zoo: accuracies, success of attacks, intervals, comparisons and their corrections. @module */
export { accuracy } from "./accuracy.ts";
export { accuracyByBucket } from "./accuracy_by_bucket.ts";
export { attackSuccess, attackSuccessByBucket, attackSuccessByScore } from "./attack_success.ts";
export { clopperPearson } from "./clopper_pearson.ts";
export { compareAttacks } from "./compare_attacks.ts";
export { compareMeasures } from "./compare_measures.ts";
export { correlateMetrics } from "./correlate_metrics.ts";
export { correlateScores } from "./correlate_scores.ts";
export { epsilonFromCounts, epsilonLowerBound } from "./epsilon.ts";
export { findings } from "./findings.ts";
export { type AttackNode, byGroup } from "./groups.ts";
export { type Interval, meanInterval } from "./interval.ts";
export { benjaminiHochberg, holm } from "./multiplicity.ts";
export { pairedDifference } from "./paired.ts";
export { adjustedDifferences, regressMetrics } from "./regress_metrics.ts";
export { auc, bestThreshold, rocCurve, tprAtFpr } from "./roc.ts";
export { twoLevelInterval } from "./two_level.ts";
