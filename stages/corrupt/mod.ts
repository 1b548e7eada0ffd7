/** @file Data sets made worse on purpose: label noise. Nothing here touches the test split. @module */
export { labels } from "./labels.ts";
export { labelsByScore } from "./labels_by_score.ts";
export { isNoisy, originalGroup, originalLabel } from "./noise.ts";
