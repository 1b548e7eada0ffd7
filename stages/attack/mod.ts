/** @file Membership-inference attacks on the models of a zoo. Scores are larger for members. @module */
export { augmentation } from "./augmentation.ts";
export { confidence } from "./confidence.ts";
export { correctness } from "./correctness.ts";
export { entropy } from "./entropy.ts";
export { modifiedEntropy } from "./modified_entropy.ts";
