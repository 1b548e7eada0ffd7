/** @file Tables and figures: what an experiment shows. @module */
export { flatten, type MetricsNode, type MetricsTree, type Report, type Rows } from "./rows.ts";
export { accuracyByBucket } from "./accuracy_by_bucket.ts";
export { table } from "./table.ts";
export { attackTable } from "./attack_table.ts";
export { comparisonTable } from "./comparison_table.ts";
export { rocCurves } from "./roc_curves.ts";
export { heatMap } from "./heat_map.ts";
export { matrix } from "./matrix.ts";
export { scatter } from "./scatter.ts";
export { curve } from "./curve.ts";
export { findingsTable } from "./findings_table.ts";
export { html } from "./html.ts";
export { scoreDistributions } from "./score_distributions.ts";
export { decisionRegions } from "./decision_regions.ts";
