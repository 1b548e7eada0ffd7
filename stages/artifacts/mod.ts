/** @file The artifact types of the field: what flows between the library's stages. @module */
export { AttackScores, TRUTH } from "./attack_scores.ts";
export { Buckets } from "./buckets.ts";
export { Comparisons } from "./comparisons.ts";
export { Dataset } from "./dataset.ts";
export { Figure, Table } from "./document.ts";
export { Embeddings } from "./embeddings.ts";
export { Findings } from "./findings.ts";
export { Heads } from "./heads.ts";
export { Influence, NO_EXAMPLE } from "./influence.ts";
export { Ledger } from "./ledger.ts";
export { Masks } from "./masks.ts";
export { Metrics } from "./metrics.ts";
export { Models } from "./models.ts";
export { Predictions } from "./predictions.ts";
export { Robustness } from "./robustness.ts";
export { Scores } from "./scores.ts";
export { Sharpness } from "./sharpness.ts";
export { Trained } from "./trained.ts";
