/** @file Which parameter names a zod schema knows at a path, read from its JSON schema: for did-you-mean. */
import { z } from "zod";

/** Leads to a value inside parameters: names of entries and indices of arrays. */
export type Path = readonly (string | number)[];

interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema | boolean;
  readonly prefixItems?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly const?: unknown;
}

/**
 * The parameter names that `schema` knows at `path`. `given`, the object found there, narrows a union to the variants
 * whose constants (`kind: "sam"`) it agrees with.
 */
export function knownNames(schema: z.ZodType, path: Path, given?: unknown): string[] {
  const variants = schemasAt(schema, path);
  const chosen = variants.filter((variant) => agrees(variant, given));
  return [...new Set((chosen.length ? chosen : variants).flatMap((s) => Object.keys(s.properties ?? {})))];
}

/** Paths in `raw` to names that no variant of `schema` knows. Where a union is undecided, all its names are known. */
export function unknownPaths(schema: z.ZodType, raw: unknown, path: Path = []): Path[] {
  if (Array.isArray(raw)) return raw.flatMap((item, i) => unknownPaths(schema, item, [...path, i]));
  if (typeof raw !== "object" || raw === null) return [];
  const variants = schemasAt(schema, path).filter((variant) => agrees(variant, raw));
  const closed = variants.length > 0 && variants.every((s) => s.properties !== undefined && !s.additionalProperties);
  const known = new Set(variants.flatMap((s) => Object.keys(s.properties ?? {})));
  return Object.entries(raw).flatMap(([name, value]) =>
    closed && !known.has(name) ? [[...path, name]] : unknownPaths(schema, value, [...path, name])
  );
}

function agrees(variant: JsonSchema, given: unknown): boolean {
  if (typeof given !== "object" || given === null) return true;
  const values = given as Readonly<Record<string, unknown>>;
  return Object.entries(variant.properties ?? {}).every(([name, property]) =>
    property.const === undefined || values[name] === undefined || property.const === values[name]
  );
}

/** All schemas that describe the value at `path`; a union gives several. */
function schemasAt(schema: z.ZodType, path: Path): JsonSchema[] {
  const root = z.toJSONSchema(schema, { unrepresentable: "any", io: "input", reused: "inline" }) as JsonSchema;
  return path.reduce<JsonSchema[]>(
    (level, step) => level.flatMap((s) => below(s, step).flatMap((next) => variantsOf(next, root))),
    variantsOf(root, root),
  );
}

function below(schema: JsonSchema, step: string | number): JsonSchema[] {
  const next = typeof step === "number"
    ? schema.prefixItems?.[step] ?? schema.items
    : schema.properties?.[step] ?? schema.additionalProperties;
  return typeof next === "object" ? [next] : [];
}

function variantsOf(schema: JsonSchema, root: JsonSchema): JsonSchema[] {
  if (schema.$ref !== undefined) {
    const target = schema.$ref === "#" ? root : root.$defs?.[schema.$ref.replace("#/$defs/", "")];
    return target === undefined ? [] : variantsOf(target, root);
  }
  const variants = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  return variants === undefined ? [schema] : variants.flatMap((variant) => variantsOf(variant, root));
}
