/** @file Buckets of test examples. @module */
export { type EntropyOptions, influenceEntropyOf } from "./entropy.ts";
export { influenceEntropy } from "./influence_entropy.ts";
