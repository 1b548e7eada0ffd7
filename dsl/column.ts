/** @file Columns of an artifact: a dtype and the names of the axes that one row has. */

/** Element types a column may have. `bool` is held as bytes of 0 and 1; `utf8` as strings. */
export type Dtype = "bool" | "uint8" | "int32" | "uint32" | "float32" | "float64" | "utf8";

/** The typed array that holds elements of a dtype. */
export interface ArrayOf {
  bool: Uint8Array;
  uint8: Uint8Array;
  int32: Int32Array;
  uint32: Uint32Array;
  float32: Float32Array;
  float64: Float64Array;
  utf8: readonly string[];
}

/** A column with axes: `shape[0]` is the number of rows, the rest are the axes named by the column; row-major. */
export interface Tensor<D extends Dtype = Dtype> {
  readonly data: ArrayOf[D];
  readonly shape: readonly number[];
}

/** A column's declaration. `dims` names the axes of one row; none makes it a scalar column. */
export interface Column<D extends Dtype = Dtype, N extends readonly string[] = readonly string[]> {
  readonly dtype: D;
  readonly dims: N;
}

/** What a stage sees of a column: a typed array (or strings) for scalars, a {@link Tensor} where it has axes. */
export type ColumnValue<C> = C extends Column<infer D, infer N> ? (N extends readonly [] ? ArrayOf[D] : Tensor<D>)
  : never;

function declare<D extends Dtype>(dtype: D) {
  return function <const N extends readonly string[]>(...dims: N): Column<D, N> {
    return { dtype, dims };
  };
}

/**
 * Declares columns: `column.int32()` is one number a row, `column.float32("view", "class")` a matrix a row.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { column } from "engram/dsl/mod.ts";
 * const logits = column.float32("view", "class");
 * assert(logits.dims.join() === "view,class");
 * ```
 */
export const column = {
  /** Bytes of 0 and 1. */
  bool: declare("bool"),
  /** Unsigned bytes: image pixels. */
  uint8: declare("uint8"),
  /** Signed 32-bit integers: labels. */
  int32: declare("int32"),
  /** Unsigned 32-bit integers: ids and counts. */
  uint32: declare("uint32"),
  /** Single precision. */
  float32: declare("float32"),
  /** Double precision: scores and metrics. */
  float64: declare("float64"),
  /** Strings. */
  utf8: declare("utf8"),
};
