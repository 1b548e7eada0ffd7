/** @file Parsing parameters with zod: unknown names are refused, and every message names the path and the remedy. */
import { z } from "zod";
import { didYouMean } from "./nearest.ts";

/** One thing wrong with parameters. `path` leads to it from the parameters' root. */
export interface ParamsIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Parameters were refused. `issues` lists every cause, so that a front end can point at lines. */
export class ParamsError extends TypeError {
  override readonly name = "ParamsError";
  /** What is wrong, one entry a cause. */
  readonly issues: readonly ParamsIssue[];

  /** @param where what the parameters belong to: `stage "train"`. */
  constructor(where: string, issues: readonly ParamsIssue[]) {
    const lines = issues.map(({ path, message }) => `${path.length ? `"${path.join(".")}": ` : ""}${message}`);
    super(
      lines.length === 1
        ? `Cannot use the parameters of ${where}: ${lines[0]}`
        : `Cannot use the parameters of ${where}:\n${lines.map((line) => `  - ${line}`).join("\n")}`,
    );
    this.issues = issues;
  }
}

/**
 * Parses parameters and fills in defaults.
 *
 * @throws ParamsError when the schema refuses them or a name is unknown, at any depth.
 *
 * @example
 * ```ts
 * import { parseParams } from "engram/dsl/mod.ts";
 * import { z } from "zod";
 * const schema = z.object({ rho: z.number().default(0.05) });
 * console.assert(parseParams(schema, {}, "an example").rho === 0.05);
 * ```
 */
export function parseParams<P extends z.ZodObject>(schema: P, raw: unknown, where: string): z.output<P> {
  const result = schema.safeParse(raw);
  const issues: ParamsIssue[] = [];
  if (result.success) {
    findUnknown(raw, result.data, [], schema, issues);
    if (issues.length === 0) return result.data;
  } else {
    for (const issue of result.error.issues) issues.push(...explainIssue(issue, schema, raw));
  }
  throw new ParamsError(where, issues);
}

/** Names in what was given that are in nothing that was understood: zod drops them, we refuse them. */
function findUnknown(
  raw: unknown,
  parsed: unknown,
  path: (string | number)[],
  schema: z.ZodType,
  issues: ParamsIssue[],
): void {
  if (!isRecord(raw) || !isRecord(parsed)) {
    if (Array.isArray(raw) && Array.isArray(parsed)) {
      raw.forEach((item, i) => findUnknown(item, parsed[i], [...path, i], schema, issues));
    }
    return;
  }
  for (const [name, value] of Object.entries(raw)) {
    if (value === undefined) continue;
    if (name in parsed) findUnknown(value, parsed[name], [...path, name], schema, issues);
    else issues.push(unknownName(name, path, schema, raw));
  }
}

function unknownName(name: string, path: readonly (string | number)[], schema: z.ZodType, raw: unknown): ParamsIssue {
  const kind = isRecord(raw) && typeof raw.kind === "string" ? raw.kind : undefined;
  return { path: [...path, name], message: `unknown parameter; ${didYouMean(name, knownNames(schema, path, kind))}` };
}

function explainIssue(issue: z.core.$ZodIssue, schema: z.ZodType, raw: unknown): ParamsIssue[] {
  const path = issue.path.map((step) => typeof step === "symbol" ? String(step) : step);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownName(key, path, schema, valueAt(raw, path)));
  }
  if (issue.code === "invalid_union" && "discriminator" in issue && typeof issue.discriminator === "string") {
    const given = valueAt(raw, path);
    const variants = discriminatorValues(schema, path.slice(0, -1), issue.discriminator);
    return [{ path, message: `unknown ${issue.discriminator} "${given}"; ${didYouMean(String(given), variants)}` }];
  }
  const given = valueAt(raw, path);
  const found = given === undefined || isRecord(given) ? "" : `; found ${JSON.stringify(given)}`;
  return [{ path, message: `${given === undefined ? "missing: " : ""}${lowerFirst(issue.message)}${found}` }];
}

interface JsonSchema {
  readonly properties?: Record<string, JsonSchema>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly const?: unknown;
}

/** All schemas that describe the value at `path`; a union gives several. */
function schemasAt(schema: z.ZodType, path: readonly (string | number)[]): JsonSchema[] {
  let level = variantsOf(
    z.toJSONSchema(schema, { unrepresentable: "any", io: "input", reused: "inline" }) as JsonSchema,
  );
  for (const step of path) {
    level = level.flatMap((s) => {
      const rest = typeof s.additionalProperties === "object" ? s.additionalProperties : undefined;
      const next = typeof step === "number" ? s.items : s.properties?.[step] ?? rest;
      return next === undefined ? [] : variantsOf(next);
    });
  }
  return level;
}

function variantsOf(schema: JsonSchema): JsonSchema[] {
  const variants = schema.anyOf ?? schema.oneOf;
  return variants === undefined ? [schema] : variants.flatMap(variantsOf);
}

/** The parameter names that `schema` knows at `path`; `kind` narrows a union to one of its variants. */
export function knownNames(schema: z.ZodType, path: readonly (string | number)[], kind?: string): string[] {
  const all = schemasAt(schema, path);
  const chosen = all.filter((s) => kind !== undefined && s.properties?.kind?.const === kind);
  return [...new Set((chosen.length ? chosen : all).flatMap((s) => Object.keys(s.properties ?? {})))];
}

function discriminatorValues(schema: z.ZodType, path: readonly (string | number)[], discriminator: string): string[] {
  const values = schemasAt(schema, path).map((s) => s.properties?.[discriminator]?.const);
  return values.filter((value): value is string => typeof value === "string");
}

function valueAt(raw: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], raw);
}

/** Whether a value is a plain object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
