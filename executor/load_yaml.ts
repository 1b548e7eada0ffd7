/** @file Loads YAML pipelines: reads the file and imports what it names. */
import { fileURLToPath, pathToFileURL } from "node:url";
import { resolve } from "node:path";
import { type AnyPipeline, isPipeline } from "../dsl/mod.ts";
import { importWatched } from "./guard/mod.ts";
import { loadYaml, stageLibrary } from "../dsl/yaml/mod.ts";

/**
 * Loads the pipeline of a YAML file. `library` is the URL of the module whose stages graphs may name; `from` are the paths
 * of the files that led here, each an ablation of the next.
 *
 * @throws YamlError with the place of every mistake.
 */
export async function loadYamlFile(
  url: URL,
  library: string | undefined,
  from: readonly string[] = [],
): Promise<AnyPipeline> {
  const file = fileURLToPath(url);
  const here = pathToFileURL(resolve()).href;
  const shown = url.href.startsWith(`${here}/`) ? url.href.slice(here.length + 1) : file;
  return await loadYaml(await Deno.readTextFile(url), shown, {
    library: library === undefined ? {} : stageLibrary(await importWatched(library) as Record<string, unknown>),
    module: (path) => importWatched(new URL(path, url).href) as Promise<Record<string, unknown>>,
    async pipeline(path) {
      const target = new URL(path, url);
      if (/\.ya?ml$/.test(target.pathname)) {
        const way = [...from, url.pathname];
        if (way.includes(target.pathname)) throw new Error("it leads back to itself, and so to no pipeline");
        return await loadYamlFile(target, library, way);
      }
      const { default: pipeline } = await importWatched(target.href) as { default?: unknown };
      return isPipeline(pipeline) ? pipeline : undefined;
    },
  });
}
