/** @file Schemas of parameters, gathered under one roof: those of stages, and those of changes to a pipeline's. */
import { z } from "zod";

/** A JSON schema, or a part of one. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** Collects parameter schemas and their named parts, under names of their own. */
export class Definitions {
  readonly all: Record<string, JsonSchema> = {};

  /** The schema of a stage's parameters. Unknown names are refused at any depth, as parseParams() does. */
  params(stage: string, params: z.ZodObject): { readonly schema: JsonSchema; readonly isNeeded: boolean } {
    const schema = this.#add(`params:${stage}`, schemaOf(params));
    return { schema, isNeeded: (schemaOf(params).required ?? []).length > 0 };
  }

  /** The schema of changes to a pipeline's parameters, as merge() takes them. */
  changes(pipeline: string, params: z.ZodObject): JsonSchema {
    // Paths hold characters that mean something in a reference.
    const changes = changesOf(schemaOf(params)) as JsonSchema;
    return { anyOf: [this.#add(`changes:${pipeline.replace(/[^\w.-]/g, "_")}`, changes), { type: "null" }] };
  }

  #add(name: string, { $schema: _, $defs = {}, ...schema }: JsonSchema): JsonSchema {
    this.all[name] = moveRefs(schema, name) as JsonSchema;
    for (const [part, inner] of Object.entries($defs as Record<string, JsonSchema>)) {
      this.all[`${name}:${part}`] = moveRefs(inner, name) as JsonSchema;
    }
    return { $ref: `#/$defs/${name}` };
  }
}

function schemaOf(params: z.ZodObject) {
  return z.toJSONSchema(params, {
    target: "draft-2020-12",
    io: "input",
    unrepresentable: "any",
    override({ jsonSchema }) {
      if (jsonSchema.type === "object" && jsonSchema.properties !== undefined) {
        jsonSchema.additionalProperties ??= false;
      }
    },
  });
}

/** Nothing is required, since the preset has it, and null removes an entry. Lists are replaced: they stay as they are. */
function changesOf(schema: unknown): unknown {
  if (typeof schema !== "object" || schema === null) return schema;
  const { required: _, oneOf, ...rest } = schema as Record<string, unknown>;
  const changes: Record<string, unknown> = { ...rest };
  // Without what tells variants apart, several may fit.
  if (Array.isArray(oneOf)) changes.anyOf = oneOf.map(changesOf);
  for (const keyword of ["anyOf", "allOf"]) {
    if (Array.isArray(rest[keyword])) changes[keyword] = rest[keyword].map(changesOf);
  }
  for (const keyword of ["properties", "$defs"]) {
    if (rest[keyword] === undefined) continue;
    const inner = Object.entries(rest[keyword] as object).map(([name, entry]) => {
      return [name, keyword === "properties" ? removable(entry) : changesOf(entry)];
    });
    changes[keyword] = Object.fromEntries(inner);
  }
  if (typeof rest.additionalProperties === "object") {
    changes.additionalProperties = removable(rest.additionalProperties);
  }
  return changes;
}

function removable(schema: unknown): JsonSchema {
  return { anyOf: [changesOf(schema), { type: "null" }] };
}

/** Points references at the definitions of the whole schema; `name` is where the parameters' root went. */
function moveRefs(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((item) => moveRefs(item, name));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([keyword, inner]) => {
      if (keyword !== "$ref" || typeof inner !== "string") return [keyword, moveRefs(inner, name)];
      return [keyword, inner === "#" ? `#/$defs/${name}` : inner.replace("#/$defs/", `#/$defs/${name}:`)];
    }),
  );
}
