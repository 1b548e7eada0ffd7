/** @file YAML pipelines: the same graphs and checks as in TypeScript, with every mistake at its line. @module */
export { ablation } from "./ablation.ts";
export { yamlPipeline } from "./build.ts";
export { YamlError, type YamlProblem } from "./error.ts";
export { type StageLibrary, stageLibrary } from "./library.ts";
export { loadYaml, type YamlHost } from "./load.ts";
export {
  type AblationDocument,
  type GraphDocument,
  readYaml,
  type YamlDocument,
  type YamlInput,
  type YamlName,
  type YamlNode,
} from "./read.ts";
export { pipelineSchema } from "./schema.ts";
export type { JsonSchema } from "./schema_definitions.ts";
