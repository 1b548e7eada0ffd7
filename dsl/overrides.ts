/** @file Where a pipeline's parameters come from: a preset, then parameter files, then single settings. */
import { didYouMean } from "./nearest.ts";
import { isRecord, parseParams } from "./params.ts";
import type { AnyPipeline } from "./pipeline.ts";

/** What a user asks for on top of a pipeline. Later entries of `overrides` win. */
export interface ParamsRequest {
  readonly preset?: string | undefined;
  readonly overrides?: readonly unknown[];
}

/**
 * Resolves a pipeline's parameters: the preset, with every override merged in, parsed once.
 *
 * @throws RangeError for an unknown preset; ParamsError for parameters the schema refuses.
 *
 * @example
 * ```ts
 * import { resolveParams } from "engram/dsl/mod.ts";
 * import { z } from "zod";
 * const pipeline = { name: "p", params: z.object({ n: z.int() }), presets: { default: { n: 1 } }, graph: () => ({}) };
 * console.assert(resolveParams(pipeline, { overrides: [{ n: 2 }] }).n === 2);
 * ```
 */
export function resolveParams(pipeline: AnyPipeline, request: ParamsRequest): Record<string, unknown> {
  const preset = request.preset ?? "default";
  if (!Object.hasOwn(pipeline.presets, preset)) {
    const hint = didYouMean(preset, Object.keys(pipeline.presets));
    throw new RangeError(`Unknown preset "${preset}" of pipeline "${pipeline.name}": ${hint}`);
  }
  const raw = (request.overrides ?? []).reduce(merge, pipeline.presets[preset]);
  return parseParams(pipeline.params, raw, `pipeline "${pipeline.name}"`);
}

/**
 * Merges an override into parameters: objects entry by entry, anything else replaced. An object that names another
 * `kind` replaces the whole object, since its other entries belong to the old kind. `null` removes an entry.
 */
export function merge(base: unknown, override: unknown): unknown {
  if (!isRecord(base) || !isRecord(override)) return override;
  if ("kind" in override && "kind" in base && override.kind !== base.kind) return override;
  const merged: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(override)) {
    if (value === null) delete merged[name];
    else merged[name] = name in base ? merge(base[name], value) : value;
  }
  return merged;
}

/** The nested object that one `--set a.b.c=value` stands for. */
export function nest(path: string, value: unknown): unknown {
  return path.split(".").reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
}
