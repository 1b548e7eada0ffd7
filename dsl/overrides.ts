/** @file Where a pipeline's parameters come from: a preset, then parameter files, then single settings. */
import { didYouMean } from "./nearest.ts";
import { parseParams } from "./params.ts";
import type { AnyPipeline } from "./pipeline.ts";
import { isRecord } from "./record.ts";

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
 * import assert from "node:assert/strict";
 * import { resolveParams } from "engram/dsl/mod.ts";
 * import { z } from "zod";
 * const pipeline = { name: "p", params: z.object({ n: z.int() }), presets: { default: { n: 1 } }, graph: () => ({}) };
 * assert(resolveParams(pipeline, { overrides: [{ n: 2 }] }).n === 2);
 * ```
 */
export function resolveParams(pipeline: AnyPipeline, request: ParamsRequest): Record<string, unknown> {
  const preset = request.preset ?? "default";
  if (!Object.hasOwn(pipeline.presets, preset)) {
    const hint = didYouMean(preset, Object.keys(pipeline.presets));
    throw new RangeError(`Unknown preset "${preset}" of pipeline "${pipeline.name}": ${hint}`);
  }
  // An empty parameter file reads as null: it changes nothing.
  const overrides = (request.overrides ?? []).filter((override) => override !== null && override !== undefined);
  const raw = overrides.reduce<unknown>((base, override) => merge(base, override), pipeline.presets[preset]);
  return parseParams(pipeline.params, raw, `pipeline "${pipeline.name}"`);
}

/**
 * Merges an override into parameters: objects entry by entry, anything else replaced. An object that names another
 * `kind` replaces the whole object, since its other entries belong to the old kind. `null` removes an entry. But for
 * `kind`, this is JSON merge patch (RFC 7396).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { merge } from "engram/dsl/mod.ts";
 * const merged = merge({ optimizer: { kind: "sgd", lr: 0.1 }, epochs: 2 }, { optimizer: { lr: 0.2 }, epochs: null });
 * assert(JSON.stringify(merged) === '{"optimizer":{"kind":"sgd","lr":0.2}}');
 * ```
 */
export function merge(base: unknown, override: unknown): unknown {
  if (!isRecord(override)) return override;
  const kept = isRecord(base) && !namesAnotherKind(base, override) ? base : {};
  const merged = new Map(Object.entries(kept));
  for (const [name, value] of Object.entries(override)) {
    if (value === null) merged.delete(name);
    else merged.set(name, merge(merged.get(name), value));
  }
  return Object.fromEntries(merged);
}

function namesAnotherKind({ kind: old }: Record<string, unknown>, { kind }: Record<string, unknown>): boolean {
  return typeof old === "string" && typeof kind === "string" && old !== kind;
}

/**
 * The nested object that one `--set a.b.c=value` stands for.
 *
 * @throws RangeError when a name in the path is empty.
 */
export function nest(path: string, value: unknown): unknown {
  const names = path.split(".");
  if (names.includes("")) throw new RangeError(`Cannot set "${path}": write parameter names between dots, as in "a.b"`);
  return names.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
}
