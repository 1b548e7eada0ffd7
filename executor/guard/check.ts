/** @file Decides whether a use of something that keys cannot see is a stage's doing, and stops it. */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { caller } from "./caller.ts";
import type { Cause } from "./causes.ts";
import { ImpureStageError } from "./error.ts";
import { apart, currentScope, type Scope } from "./scope.ts";

/**
 * Does nothing, unless a stage's code (or a module that is being loaded) is behind this call and may not make it.
 *
 * @param path of the file that is to be used, where it is known.
 * @throws ImpureStageError
 */
export function check(cause: Cause, use: string, path?: unknown): void {
  const scope = currentScope();
  if (scope !== undefined) judge(scope, cause, use, path);
}

/**
 * The network and, unless it is only being loaded, randomness are a stage's doing even where a package that it calls
 * uses them: what a download or a shuffle gives ends up in the result. Packages may look at the clock (timings) and the
 * environment (debug flags), and load their own files.
 */
function judge(scope: Scope, cause: Cause, use: string, path: unknown): void {
  if (scope.outside && cause !== "randomness") return;
  if (cause === "files" && apart(() => isDeclared(path, scope))) return;
  const { isOwn, onBehalf, where } = caller();
  if (isOwn || !scope.loading && (cause === "network" || cause === "randomness" && onBehalf)) {
    throw new ImpureStageError(scope.who, cause, use, where);
  }
}

function isDeclared(path: unknown, { files }: Scope): boolean {
  if (files.size === 0) return false;
  const isUrl = path instanceof URL && path.protocol === "file:";
  return isUrl ? files.has(fileURLToPath(path)) : typeof path === "string" && files.has(resolve(path));
}
