/**
 * @file Training models and predicting with them: the stages `train` and `predict`, and the specs of what they take.
 * @module
 */
export { embed } from "../predict/embed.ts";
export { predict } from "../predict/predict.ts";
export { type ViewsSpec, viewsSpec } from "../predict/views/mod.ts";
export { type AugmentSpec, augmentSpec, type NormalizeSpec, normalizeSpec } from "./augment/spec.ts";
export { DivergenceError } from "./divergence.ts";
export { type ModelSpec, modelSpec } from "./models/mod.ts";
export { type OptimizerSpec, optimizerSpec } from "./optimizers/mod.ts";
export { type TrainParams, trainParams } from "./params.ts";
export { learningRates, type ScheduleSpec, scheduleSpec } from "./schedules/mod.ts";
export { train } from "./train.ts";
