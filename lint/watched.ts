/** @file Which files the rules watch: all that stages may be made of. */
import { fileURLToPath } from "node:url";
import type { Cause } from "../executor/guard/causes.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url)).replaceAll("\\", "/");

/** Rooms whose code never runs as part of a stage. */
const NEVER_STAGES = /^(cache|executor|cli|lint|bench|tests)\//;

/**
 * Folders that may use everything but randomness. Stages that reach them have to declare `outside`, or the executor
 * stops them.
 */
const OUTSIDE: Readonly<Record<string, string>> = {
  "stages/load/sources/": "fetches and keeps published files; their pinned SHA-256 is checked at every use",
};

/** Whether a rule looks at a file. */
export function isWatched(filename: string, cause: Cause): boolean {
  const path = filename.replaceAll("\\", "/");
  const inside = path.startsWith(ROOT) ? path.slice(ROOT.length) : path;
  if (NEVER_STAGES.test(inside)) return false;
  return cause === "randomness" || !Object.keys(OUTSIDE).some((folder) => inside.startsWith(folder));
}
