/** @file From a request to a graph: imports the pipeline, resolves its parameters, builds its nodes. */
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type AnyPipeline, buildGraph, type Graph, isPipeline, resolveParams } from "../dsl/mod.ts";
import { messageOf, RequestError } from "./errors.ts";
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
  const { pipeline, preset, overrides } = await open(request);
  try {
    const params = resolveParams(pipeline, { preset, overrides });
    return { pipeline, preset, params, graph: buildGraph(pipeline, params) };
  } catch (cause) {
    throw new RequestError(messageOf(cause), { cause });
  }
}

interface Opened {
  readonly pipeline: AnyPipeline;
  readonly preset: string;
  readonly overrides: readonly unknown[];
}

async function open(request: PipelineRequest): Promise<Opened> {
  const path = request.pipeline.startsWith("file:") ? new URL(request.pipeline) : resolve(request.pipeline);
  const href = typeof path === "string" ? pathToFileURL(path).href : path.href;
  const overrides = request.overrides ?? [];
  const extension = extname(href);
  try {
    await Deno.stat(path);
  } catch (cause) {
    throw new RequestError(`Cannot find pipeline "${request.pipeline}": there is no such file`, { cause });
  }
  if (extension === ".yaml" || extension === ".yml") {
    const { openYaml } = await import("./load_yaml.ts");
    const opened = await openYaml(new URL(href), request.library);
    return {
      pipeline: opened.pipeline,
      preset: request.preset ?? opened.preset ?? "default",
      overrides: [...opened.overrides, ...overrides],
    };
  }
  return { pipeline: await importPipeline(href, request.pipeline), preset: request.preset ?? "default", overrides };
}

/** Imports a pipeline module; `name` is what messages call it. */
export async function importPipeline(href: string, name: string): Promise<AnyPipeline> {
  let module: { default?: unknown };
  try {
    module = await import(href);
  } catch (cause) {
    throw new RequestError(`Cannot load pipeline "${name}": ${messageOf(cause)}`, { cause });
  }
  if (isPipeline(module.default)) return module.default;
  throw new RequestError(
    `Cannot use "${name}" as a pipeline: its default export is not one; write "export default pipeline(…)"`,
  );
}
