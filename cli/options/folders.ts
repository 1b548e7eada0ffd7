/** @file Where the cache and downloaded data sets live: a flag, an environment variable, or the default. */
import envPaths from "env-paths";
import { join } from "node:path";
import type { Shell } from "../shell.ts";

/** The cache: beside the project, since what it holds belongs to the project's experiments. */
export function cacheFolder(flag: string | undefined, env: Shell["env"]): string {
  return flag ?? env("ENGRAM_CACHE") ?? ".engram";
}

/** Downloaded data sets: in the user's cache folder (`XDG_CACHE_HOME` and its equivalents), shared by all projects. */
export function dataFolder(flag: string | undefined, env: Shell["env"]): string {
  return flag ?? env("ENGRAM_DATA") ?? join(envPaths("engram", { suffix: "" }).cache, "data");
}
