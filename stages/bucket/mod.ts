/** @file Buckets of test examples. @module */
export { type EntropyOptions, influenceEntropy, influenceEntropyOf } from "./influence_entropy.ts";
