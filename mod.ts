/**
 * @file Engram: pipelines for experiments on what neural networks memorize and leak. Everything a pipeline needs.
 * @module
 */
export {
  type AnyPipeline,
  artifact,
  type ArtifactType,
  batched,
  type Batches,
  column,
  each,
  include,
  type Included,
  type Items,
  many,
  named,
  Node,
  pick,
  type Pipeline,
  pipeline,
  type Stage,
  stage,
  type StageContext,
  type Value,
} from "./dsl/mod.ts";
export * from "./stages/artifacts/mod.ts";
export * as attack from "./stages/attack/mod.ts";
export * as bucket from "./stages/bucket/mod.ts";
export * as corrupt from "./stages/corrupt/mod.ts";
export * as load from "./stages/load/mod.ts";
export * as privacy from "./stages/privacy/mod.ts";
export * as report from "./stages/report/mod.ts";
export * as score from "./stages/score/mod.ts";
export * as select from "./stages/select/mod.ts";
export * as sharpness from "./stages/sharpness/mod.ts";
export * as stats from "./stages/stats/mod.ts";
export * as theory from "./stages/theory/mod.ts";
export { subsample, takeMasks } from "./stages/subsample/mod.ts";
export { augmentSpec, embed, modelSpec, optimizerSpec, predict, scheduleSpec, train } from "./stages/train/mod.ts";
export { z } from "zod";
