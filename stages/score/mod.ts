/** @file Scores of single examples, reduced from a zoo, and how reliable they are. @module */
export { average, overModels } from "./average.ts";
export { budget } from "./budget.ts";
export { cScore } from "./c_score.ts";
export { confidenceMemorization } from "./confidence_memorization.ts";
export { curvature } from "./curvature.ts";
export { difficulty } from "./difficulty.ts";
export { exposure } from "./exposure.ts";
export { forgetting } from "./forgetting.ts";
export { influenceOn } from "./influence_on.ts";
export { influence } from "./influence.ts";
export { influenceEntropy } from "./influence_entropy.ts";
export { leaveOneOut } from "./leave_one_out.ts";
export { meanProbability } from "./mean_probability.ts";
export { memorization } from "./memorization.ts";
export { reliability } from "./reliability.ts";
export { vulnerability } from "./vulnerability.ts";
