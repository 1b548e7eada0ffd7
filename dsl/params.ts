/** @file Parsing parameters with zod: unknown names are refused, and every message names the path and the remedy. */
import type { z } from "zod";
import { knownNames, type Path, unknownPaths } from "./known_names.ts";
import { didYouMean, nearest } from "./nearest.ts";
import { isRecord } from "./record.ts";

/** One thing wrong with parameters. `path` leads to it from the parameters' root. */
export interface ParamsIssue {
  readonly path: Path;
  readonly message: string;
  /** The valid name that a mistyped one is nearest to. */
  readonly nearest?: string | undefined;
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
 * import assert from "node:assert/strict";
 * import { parseParams } from "engram/dsl/mod.ts";
 * import { z } from "zod";
 * const schema = z.object({ rho: z.number().default(0.05) });
 * assert(parseParams(schema, {}, "an example").rho === 0.05);
 * ```
 */
export function parseParams<P extends z.ZodObject>(schema: P, raw: unknown, where: string): z.output<P> {
  const result = schema.safeParse(raw);
  const issues = result.success
    ? dropped(raw, result.data, []).map((path) => unknownName(path, schema, raw))
    : refused(result.error, schema, raw);
  if (issues.length > 0) throw new ParamsError(where, issues);
  return result.data!;
}

/** Paths to names in what was given that are in nothing that was understood: zod drops them, we refuse them. */
function dropped(raw: unknown, parsed: unknown, path: Path): Path[] {
  if (Array.isArray(raw) && Array.isArray(parsed)) {
    return raw.flatMap((item, i) => dropped(item, parsed[i], [...path, i]));
  }
  if (!isRecord(raw) || !isRecord(parsed)) return [];
  return Object.entries(raw).filter(([, value]) => value !== undefined).flatMap(([name, value]) =>
    Object.hasOwn(parsed, name) ? dropped(value, parsed[name], [...path, name]) : [[...path, name]]
  );
}

/** What zod refused, and names that no variant of the schema knows: a mistyped name explains the missing one. */
function refused(error: z.core.$ZodError, schema: z.ZodType, raw: unknown): ParamsIssue[] {
  const unknown = unknownPaths(schema, raw).map((path) => unknownName(path, schema, raw));
  const said = new Set(unknown.map(({ path }) => JSON.stringify(path)));
  const explained = error.issues.flatMap((issue) => explainIssue(issue, [], schema, raw));
  return [...unknown, ...explained.filter(({ path }) => !said.has(JSON.stringify(path)))];
}

function unknownName(path: Path, schema: z.ZodType, raw: unknown): ParamsIssue {
  const parent = path.slice(0, -1);
  const known = knownNames(schema, parent, valueAt(raw, parent));
  const name = String(path.at(-1));
  return { path, message: `unknown parameter; ${didYouMean(name, known)}`, nearest: nearest(name, known) };
}

/** `base` leads to where the paths of `issue` start: not at the root for the variants of a union. */
function explainIssue(issue: z.core.$ZodIssue, base: Path, schema: z.ZodType, raw: unknown): ParamsIssue[] {
  const path = [...base, ...issue.path.map((step) => typeof step === "symbol" ? String(step) : step)];
  const given = valueAt(raw, path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownName([...path, key], schema, raw));
  }
  if (issue.code === "invalid_union" && issue.discriminator !== undefined) {
    return [explainVariant(path, issue.discriminator, given, "options" in issue ? issue.options : [])];
  }
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const reasons = issue.errors.map((variant) =>
      variant.flatMap((inner) => explainIssue(inner, path, schema, raw)).map((inner) =>
        inner.path.length > path.length
          ? `"${inner.path.slice(path.length).join(".")}": ${inner.message}`
          : inner.message.replace(FOUND, "")
      ).join(", ")
    );
    return [{ path, message: `fits no variant (${[...new Set(reasons)].join("; or ")})${found(given)}` }];
  }
  const message = lowerFirst(issue.message.replace(/^Invalid input: /, "").replace(/, received \w+$/, ""));
  return [{ path, message: given === undefined ? `missing: ${message}` : `${message}${found(given)}` }];
}

function explainVariant(path: Path, name: string, given: unknown, options: readonly unknown[] = []): ParamsIssue {
  const known = options.map(String);
  if (given === undefined) return { path, message: `missing: name the ${name}; ${didYouMean("", known)}` };
  const message = `unknown ${name} "${given}"; ${didYouMean(String(given), known)}`;
  return { path, message, nearest: nearest(String(given), known) };
}

const FOUND = /; found .*$/s;

/** The value that was refused, as JSON; objects are left out, their entries have messages of their own. */
function found(given: unknown): string {
  if (given === undefined || isRecord(given)) return "";
  const text = typeof given === "bigint" ? `${given}n` : JSON.stringify(given) ?? typeof given;
  return `; found ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`;
}

function valueAt(raw: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<string, unknown> | null | undefined)?.[step], raw);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
