/** @file Parameters as people read them: a name and a value each, and what the schema says that they mean. */
import { z } from "zod";
import { isRecord } from "../../dsl/mod.ts";

/** Parameters by dotted names, values as text; what is off or empty is told too. */
export function settingsOf(params: Readonly<Record<string, unknown>>): Map<string, string> {
  const found = new Map<string, string>();
  function walk(value: unknown, path: string): void {
    if (value === undefined) return;
    if (isRecord(value) && Object.keys(value).length > 0) {
      for (const [name, inner] of Object.entries(value)) walk(inner, path === "" ? name : `${path}.${name}`);
    } else found.set(path, textOf(value));
  }
  walk(params, "");
  found.delete("");
  return found;
}

/** Numbers and words as they are; lists of them with commas; `{}` is `none`. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(entryText).join(", ");
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as number[]).join(", ");
  return isRecord(value) ? "none" : String(value);
}

function entryText(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

/** A part of a JSON schema. */
type Schema = Readonly<Record<string, unknown>>;

/** What the schema says about a setting, by its dotted name and the parameters it is taken from. */
export function meaningsIn(
  params: z.ZodObject,
): (name: string, given: readonly Readonly<Record<string, unknown>>[]) => string {
  const schema = z.toJSONSchema(params, { io: "input", unrepresentable: "any" }) as Schema;
  return (name, given) => {
    for (const values of given) {
      const meaning = meaningOf(schema, name.split("."), values);
      if (meaning !== "") return meaning;
    }
    return "";
  };
}

function meaningOf(schema: Schema, path: readonly string[], value: unknown): string {
  const [name, ...rest] = path;
  if (name === undefined) return typeof schema.description === "string" ? schema.description : "";
  const variants = [schema, ...listOf(schema.anyOf), ...listOf(schema.oneOf)];
  for (const variant of variants) {
    const properties = isRecord(variant.properties) ? variant.properties : {};
    const kind = isRecord(properties.kind) ? properties.kind.const : undefined;
    // Of several kinds, the one that is used.
    if (kind !== undefined && (!isRecord(value) || value.kind !== kind)) continue;
    if (isRecord(properties[name])) return meaningOf(properties[name], rest, isRecord(value) ? value[name] : undefined);
  }
  return "";
}

function listOf(value: unknown): Schema[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
