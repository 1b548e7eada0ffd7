/** @file Scores of single examples, reduced from a zoo, and how reliable they are. @module */
export { cScore } from "./c_score.ts";
export { difficulty } from "./difficulty.ts";
export { influence } from "./influence.ts";
export { memorization } from "./memorization.ts";
export { reliability } from "./reliability.ts";
export { vulnerability } from "./vulnerability.ts";
