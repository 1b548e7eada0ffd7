/** @file Which training examples stay: stages that make a smaller data set of a data set. Ids never change. @module */
export { classImbalance } from "./class_imbalance.ts";
export { part, split, type SplitOptions } from "./part.ts";
export { without } from "./without.ts";
