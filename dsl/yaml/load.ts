/** @file loadYaml(): from a YAML file's text to a pipeline. It does no I/O itself: its host imports modules for it. */
import { type AnyPipeline, isPipeline } from "../pipeline.ts";
import { ablation } from "./ablation.ts";
import { yamlPipeline } from "./build.ts";
import { type StageLibrary, stageLibrary } from "./library.ts";
import { readYaml, type YamlName } from "./read.ts";
import type { YamlSource } from "./source.ts";

/** What loading needs from outside. Paths are as the file spells them: relative to the file. */
export interface YamlHost {
  /** The stages that graphs may name, beside those they import. */
  readonly library: StageLibrary;
  /** Loads the pipeline that an ablation changes: a module's default export, or another YAML file. */
  pipeline(path: string): Promise<unknown>;
  /** Imports a module of stages. */
  module(path: string): Promise<object>;
}

/**
 * Loads a YAML pipeline of either kind.
 *
 * @throws YamlError with every problem and its place; what the host throws becomes the `cause` of one.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { loadYaml } from "engram/dsl/yaml/mod.ts";
 * import { z } from "zod";
 * const base = { name: "p", params: z.object({ n: z.int() }), presets: { default: { n: 1 } }, graph: () => ({}) };
 * const pipeline = await loadYaml("{ pipeline: ./p.ts, params: { n: 2 } }", "more.yaml", {
 *   library: {}, pipeline: () => Promise.resolve(base), module: () => Promise.resolve({}),
 * });
 * assert(pipeline.name === "more");
 * ```
 */
export async function loadYaml(text: string, file: string, host: YamlHost): Promise<AnyPipeline> {
  const document = readYaml(text, file);
  const { source } = document;
  if (document.kind === "ablation") {
    const { at, text: path } = document.pipeline;
    const base = await load(source, document.pipeline, () => host.pipeline(path));
    if (isPipeline(base)) return ablation(document, base);
    throw source.failure(at, `Cannot use "${path}" as a pipeline: its default export is not what pipeline() returns`);
  }
  const stages = [];
  for (const path of document.imports) {
    const found = stageLibrary(await load(source, path, () => host.module(path.text)));
    if (Object.keys(found).length === 0) {
      throw source.failure(path.at, `Cannot find a stage in "${path.text}": export what stage() returns`);
    }
    stages.push({ path, found });
  }
  return yamlPipeline(document, join(source, host.library, stages));
}

/** Awaits the host; what it throws is reported at the path's place. */
async function load<T>(source: YamlSource, path: YamlName, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw source.failure(path.at, `Cannot load "${path.text}": ${message}`, error);
  }
}

/** All stages in one library; two different stages by one name are a problem at the import that brings the second. */
function join(
  source: YamlSource,
  library: StageLibrary,
  imported: readonly { readonly path: YamlName; readonly found: StageLibrary }[],
): StageLibrary {
  const joined = new Map(Object.entries(library));
  for (const { path, found } of imported) {
    for (const [name, stage] of Object.entries(found)) {
      if ((joined.get(name) ?? stage) !== stage) {
        throw source.failure(
          path.at,
          `Cannot import a second stage "${name}": there is one already; export it by another name`,
        );
      }
      joined.set(name, stage);
    }
  }
  return Object.fromEntries(joined);
}
