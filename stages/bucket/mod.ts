/** @file Buckets of test examples, and strata of any. @module */
export { byGroup } from "./by_group.ts";
export { byScore } from "./by_score.ts";
export { type EntropyOptions, influenceEntropyOf } from "./entropy.ts";
export { grid } from "./grid.ts";
export { influenceEntropy } from "./influence_entropy.ts";
export { labelNoise } from "./label_noise.ts";
