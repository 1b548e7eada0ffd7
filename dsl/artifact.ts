/** @file Artifact types: what flows between stages. A type is a name, a schema of columns and a TypeScript type. */
import type { Batched } from "./batched.ts";
import type { Column, ColumnValue } from "./column.ts";

/** Columns of an artifact, in order. */
export type Columns = Readonly<Record<string, Column>>;

/** The type of an artifact; `name` keeps apart types whose columns happen to agree. */
export interface ArtifactType<N extends string = string, C extends Columns = Columns> {
  readonly name: N;
  readonly doc: string;
  readonly columns: C;
}

/** The decoded value of one artifact: its columns by name, all with the same number of rows. */
export type Value<A> = A extends ArtifactType<string, infer C> ? { readonly [K in keyof C]: ColumnValue<C[K]> }
  : never;

/** An ordered collection, read one item at a time, so that memory does not grow with its length. */
export interface Collection<V> extends AsyncIterable<V> {
  /** How many items there are. */
  readonly length: number;
  /** Reads item `index`, 0-based; throws RangeError outside. */
  at(index: number): Promise<V>;
}

/** A collection of artifacts of one type. Mapped stages make them: one item a trained model. */
export type Items<A extends ArtifactType> = Collection<Value<A>>;

/** Declares an input that takes a whole collection, or an output that makes one. */
export interface Many<A extends ArtifactType | Batched = ArtifactType | Batched> {
  readonly many: A;
}

/** Declares an input that takes any number of single artifacts by name. */
export interface Named<A extends ArtifactType | Batched = ArtifactType | Batched> {
  readonly named: A;
  /** What becomes of the stage where some of them could not be made: by default, it is skipped. */
  readonly unmade?: "leave out";
}

/**
 * Declares an artifact type.
 *
 * @param name the type's name, shown in messages: `Predictions`.
 * @param doc one sentence for people: what a row is.
 * @param columns the schema.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { artifact, column, type Value } from "engram/dsl/mod.ts";
 * const Scores = artifact("Scores", "One row an example", { example: column.uint32(), score: column.float64() });
 * const value: Value<typeof Scores> = { example: new Uint32Array([7]), score: new Float64Array([0.25]) };
 * assert(Scores.name === "Scores" && value.score[0] === 0.25);
 * ```
 */
export function artifact<const N extends string, const C extends Columns>(
  name: N,
  doc: string,
  columns: C,
): ArtifactType<N, C> {
  if (Object.keys(columns).length === 0) {
    throw new TypeError(`Cannot declare artifact "${name}" without columns: give it at least one`);
  }
  return { name, doc, columns };
}

/**
 * A collection of artifacts: as an input, all items of a mapped stage's output; as an output, a stage that yields items.
 * `many(batched(A))` is an input whose items are read in batches of rows.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { artifact, column, many } from "engram/dsl/mod.ts";
 * const Masks = artifact("Masks", "One row an example", { member: column.bool() });
 * assert(many(Masks).many.name === "Masks");
 * ```
 */
export function many<const A extends ArtifactType | Batched>(type: A): Many<A> {
  return { many: type };
}

/**
 * Any number of single artifacts by name, for stages that join branches (a table over optimizers).
 *
 * @param options.unmade `leave out`: under `--keep-going`, the stage runs on those that could be made. Its key is that of
 * what it got, so nothing incomplete is taken for complete later.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { artifact, column, named } from "engram/dsl/mod.ts";
 * const Metrics = artifact("Metrics", "One row a metric", { value: column.float64() });
 * assert(named(Metrics).named.name === "Metrics");
 * ```
 */
export function named<const A extends ArtifactType | Batched>(
  type: A,
  options: { readonly unmade?: "leave out" } = {},
): Named<A> {
  return { named: type, ...options };
}
