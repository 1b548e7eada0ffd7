/** @file variants(): a discriminated union on `kind` from a table with one entry a kind, so that a kind is one line. */
import { z } from "zod";

/** A table whose entries carry the zod schema of their kind; the name of an entry is its `kind`. */
export type VariantTable<T> = {
  readonly [K in keyof T]: { readonly spec: z.ZodObject<{ kind: z.ZodLiteral<K & string> }> };
};

/** The schema that {@link variants} makes of a table. */
export type Variants<T extends VariantTable<T>> = z.ZodDiscriminatedUnion<T[keyof T]["spec"][], "kind">;

/**
 * The union of the specs in a table. An entry under a name that is not its `kind` is a compile error.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { variants } from "engram/stages/train/variants.ts";
 * import { z } from "zod";
 * const shapes = variants({
 *   circle: { spec: z.object({ kind: z.literal("circle"), radius: z.number() }) },
 *   square: { spec: z.object({ kind: z.literal("square"), side: z.number() }) },
 * });
 * assert(shapes.parse({ kind: "square", side: 2 }).kind === "square");
 * ```
 */
export function variants<T extends VariantTable<T>>(table: T): Variants<T> {
  const specs = (Object.values(table) as T[keyof T][]).map((entry) => entry.spec);
  return z.discriminatedUnion("kind", specs as [T[keyof T]["spec"], ...T[keyof T]["spec"][]]) as unknown as Variants<T>;
}
