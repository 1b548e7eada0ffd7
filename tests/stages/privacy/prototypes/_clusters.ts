/** @file Private and public embeddings around class means, small enough for tests. */
import { stream } from "../../../../engine/random.ts";
import type { Value } from "../../../../dsl/mod.ts";
import type { Embeddings } from "../../../../stages/artifacts/mod.ts";
import type { Rows } from "../../../../stages/privacy/mod.ts";

/** Rows in float64. */
export type Matrix = Rows & { readonly data: Float64Array };

/** Rows as a matrix. */
export function rowsOf(...rows: readonly (readonly number[])[]): Matrix {
  return { data: Float64Array.from(rows.flat()), shape: [rows.length, rows[0]?.length ?? 0] };
}

/** Rows of one class: the c-th unit vector with normal noise. */
export function cluster(seed: number, label: number, n: number, d = 4, spread = 0.2): Matrix {
  const noise = stream(seed, "cluster", label).normal(n * d);
  return { data: Float64Array.from(noise, (z, i) => spread * z + (i % d === label ? 1 : 0)), shape: [n, d] };
}

/** Embeddings of clusters, split by split. */
export function embeddings(
  seed: number,
  splits: Readonly<Record<string, readonly number[]>>,
  d = 4,
): Value<typeof Embeddings> {
  const parts = Object.entries(splits).flatMap(([split, sizes], s) =>
    sizes.map((n, label) => ({ split, label, n, rows: cluster(seed + s, label, n, d) }))
  );
  const data = Float32Array.from(parts.flatMap(({ rows }) => [...rows.data]));
  const labelled = parts.flatMap(({ split, label, n }) => Array.from({ length: n }, () => ({ split, label })));
  return {
    id: Uint32Array.from(labelled, (_, row) => 1000 * seed + row),
    y: Int32Array.from(labelled, ({ label }) => label),
    split: labelled.map(({ split }) => split),
    embedding: { data, shape: [labelled.length, d] },
    group: labelled.map(() => ""),
  };
}
