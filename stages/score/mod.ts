/** @file Scores of single examples, reduced from a zoo. @module */
export { influence } from "./influence.ts";
export { memorization } from "./memorization.ts";
