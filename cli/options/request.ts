/** @file Options that say which pipeline, with which parameters: shared by every verb that takes a pipeline. */
import { Option } from "@commander-js/extra-typings";
import type { PipelineRequest } from "../../executor/request.ts";
import type { Shell } from "../shell.ts";
import { readParamsFile, readSetting } from "./settings.ts";

/** The `PIPELINE` argument. */
export const pipelineHelp = "a .ts module with a pipeline as default export, or a .yaml file";

/** `--preset NAME`. */
export function presetOption() {
  return new Option("--preset <name>", "named settings of the pipeline: tiny, default or paper");
}

/** `--set a.b.c=VALUE`, repeatable. */
export function setOption() {
  return new Option("--set <path=value>", "set one parameter, its value in YAML (repeatable)")
    .argParser(collect);
}

/** `--params FILE`, repeatable. */
export function paramsOption() {
  return new Option("--params <file>", "YAML file of parameters, merged over the preset (repeatable)")
    .argParser(collect);
}

/** `--no-check`. */
export function checkOption() {
  return new Option("--no-check", "do not type-check the pipeline first");
}

function collect(text: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), text];
}

/** What the options above are parsed into. */
export interface RequestFlags {
  readonly preset?: string | undefined;
  readonly set?: readonly string[] | undefined;
  readonly params?: readonly string[] | undefined;
  readonly check?: boolean | undefined;
}

/**
 * The request that the flags stand for: parameter files in order, then settings in order.
 *
 * @throws UsageError when a file or a setting cannot be read.
 */
export async function pipelineRequest(
  pipeline: string,
  flags: RequestFlags,
  shell: Pick<Shell, "library">,
): Promise<PipelineRequest> {
  const files = await Promise.all((flags.params ?? []).map(readParamsFile));
  const settings = await Promise.all((flags.set ?? []).map(readSetting));
  return {
    pipeline,
    preset: flags.preset,
    overrides: [...files, ...settings],
    library: shell.library,
    check: flags.check,
  };
}
