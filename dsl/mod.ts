/**
 * @file The DSL: what a pipeline is written with. Pure values: building a graph does no I/O and starts no computation.
 * @module
 */
export {
  artifact,
  type ArtifactType,
  type Collection,
  type Columns,
  type Items,
  type Many,
  many,
  type Named,
  named,
  type Value,
} from "./artifact.ts";
export { artifactOf, type Batched, batched, type Batches, isBatched } from "./batched.ts";
export { type ArrayOf, type Column, column, type ColumnValue, type Dtype, type Tensor } from "./column.ts";
export type { Checkpoint, Saved, SavedTensor } from "./checkpoint.ts";
export type { ProgramCache, Progress, StageContext } from "./context.ts";
export { each, pick } from "./each.ts";
export { buildGraph, dependencies, type Graph, type GraphNode, graphOf, requirements } from "./graph.ts";
export { include, type Included } from "./include.ts";
export { knownNames, type Path } from "./known_names.ts";
export { didYouMean, nearest } from "./nearest.ts";
export { type Arity, Node, type Wire } from "./node.ts";
export { merge, nest, type ParamsRequest, resolveParams } from "./overrides.ts";
export { ParamsError, type ParamsIssue, parseParams } from "./params.ts";
export { type AnyPipeline, isPipeline, type Outputs, type Pipeline, pipeline } from "./pipeline.ts";
export { isRecord } from "./record.ts";
export {
  type InputSpec,
  type InputSpecs,
  makeNode,
  type OutputSpec,
  type Stage,
  stage,
  type StageDefinition,
  type StageOptions,
} from "./stage.ts";
export type { Outcome, Room, Together } from "./together.ts";
export { WiringError, type WiringIssue } from "./wiring.ts";
