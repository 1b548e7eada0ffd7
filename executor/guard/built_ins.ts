/**
 * @file Refuses stages that reach a built-in module which reads what keys cannot see. Names imported from such a module
 * cannot be guarded at run time, but the code index knows every import that a stage's code leads to.
 */
import type { StageDefinition } from "../../dsl/mod.ts";
import { causeOfBuiltIn } from "./apis.ts";
import { ImpureStageError } from "./error.ts";

/** An import of a built-in module that a stage's code leads to. */
export interface BuiltIn {
  /** `node:fs/promises`. */
  readonly specifier: string;
  /** The imported name; null for all of them. */
  readonly name: string | null;
  /** The file that imports it, for people. */
  readonly importer: string;
}

/**
 * Checks what a stage's code imports.
 *
 * @throws ImpureStageError for the first import that the stage does not declare.
 */
export function checkBuiltIns(stage: StageDefinition, reached: readonly BuiltIn[]): void {
  for (const { specifier, name, importer } of reached) {
    const cause = causeOfBuiltIn(specifier, name);
    if (cause === undefined || stage.outside !== undefined && cause !== "randomness") continue;
    if (cause === "files" && stage.files !== undefined) continue;
    throw new ImpureStageError(`Stage "${stage.name}"`, cause, [specifier, name ?? "*"].join(" "), importer);
  }
}
