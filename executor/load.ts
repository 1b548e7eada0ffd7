/** @file From a request to a graph: imports the pipeline, resolves its parameters, builds its nodes. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type AnyPipeline, buildGraph, type Graph, isPipeline, resolveParams } from "../dsl/mod.ts";
import { messageOf, RequestError } from "./errors.ts";
import { importWatched, installGuard } from "./guard/mod.ts";
import type { PipelineRequest } from "./request.ts";

/** A pipeline, ready to be planned. */
export interface Loaded {
  readonly pipeline: AnyPipeline;
  readonly preset: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly graph: Graph;
}

/**
 * Loads what a request asks for. The same request gives the same graph in every process.
 *
 * @throws RequestError when there is no such file, it holds no pipeline, or parameters are refused.
 */
export async function load(request: PipelineRequest): Promise<Loaded> {
  installGuard();
  const pipeline = await open(request);
  const preset = request.preset ?? "default";
  try {
    const params = resolveParams(pipeline, { preset, overrides: request.overrides ?? [] });
    return { pipeline, preset, params, graph: buildGraph(pipeline, params) };
  } catch (cause) {
    throw new RequestError(messageOf(cause), { cause });
  }
}

async function open({ pipeline: name, library }: PipelineRequest): Promise<AnyPipeline> {
  const url = name.startsWith("file:") ? new URL(name) : pathToFileURL(resolve(name));
  try {
    await Deno.stat(url);
  } catch (cause) {
    throw new RequestError(`Cannot find pipeline "${name}": there is no such file`, { cause });
  }
  try {
    if (/\.ya?ml$/.test(url.pathname)) {
      const { loadYamlFile } = await import("./load_yaml.ts");
      return await loadYamlFile(url, library);
    }
    const { default: pipeline } = await importWatched(url.href) as { default?: unknown };
    if (isPipeline(pipeline)) return pipeline;
  } catch (cause) {
    const isYaml = cause instanceof Error && cause.name === "YamlError";
    throw new RequestError(isYaml ? cause.message : `Cannot load pipeline "${name}": ${messageOf(cause)}`, { cause });
  }
  throw new RequestError(
    `Cannot use "${name}" as a pipeline: its default export is not one; write "export default pipeline(…)"`,
  );
}
