/** @file Random tables for property tests: every dtype, scalar and with axes, empty and odd. */
import fc from "fast-check";
import type { ColumnData, ColumnSchema, Dtype, Elements, TableData, TableType } from "engram/cache/mod.ts";

/** A type and data that fit it. */
export interface Sample {
  readonly type: TableType;
  readonly data: TableData;
}

/** One arbitrary a dtype, of arrays with `length` elements. */
const ELEMENTS: { readonly [D in Dtype]: (length: number) => fc.Arbitrary<Elements> } = {
  bool: (length) => sized(fc.nat(1), length).map((values) => Uint8Array.from(values)),
  uint8: (length) => sized(fc.nat(255), length).map((values) => Uint8Array.from(values)),
  int32: (length) => sized(fc.integer(), length).map((values) => Int32Array.from(values)),
  uint32: (length) => sized(fc.nat(), length).map((values) => Uint32Array.from(values, (value) => 2 * value)),
  float32: (length) => sized(number(), length).map((values) => Float32Array.from(values)),
  float64: (length) => sized(number(), length).map((values) => Float64Array.from(values)),
  utf8: (length) => sized(text(), length),
};

/** Names of all dtypes. */
export const DTYPES = Object.keys(ELEMENTS) as readonly Dtype[];

/** Tables of one to four columns and up to five rows, with up to two axes of up to three. */
export function tables(): fc.Arbitrary<Sample> {
  const columns = fc.dictionary(name(), columnSchema(), { minKeys: 1, maxKeys: 4, noNullPrototype: true });
  return fc.tuple(name(), columns, fc.nat(5)).chain(([name, columns, rows]) => {
    const data = Object.entries(columns).map(([name, column]) => columnData(column, rows).map((data) => [name, data]));
    return fc.tuple(...data).map((entries) => ({ type: { name, columns }, data: Object.fromEntries(entries) }));
  });
}

function columnSchema(): fc.Arbitrary<ColumnSchema> {
  return fc.record({ dtype: fc.constantFrom(...DTYPES), dims: fc.array(name(), { maxLength: 2 }) }, {
    noNullPrototype: true,
  });
}

function columnData({ dtype, dims }: ColumnSchema, rows: number): fc.Arbitrary<ColumnData> {
  if (dims.length === 0) return ELEMENTS[dtype](rows);
  return sized(fc.nat(3), dims.length).chain((rowShape) => {
    const shape = [rows, ...rowShape];
    return ELEMENTS[dtype](shape.reduce((a, b) => a * b)).map((data) => ({ data, shape }));
  });
}

function sized<T>(values: fc.Arbitrary<T>, length: number): fc.Arbitrary<T[]> {
  return fc.array(values, { minLength: length, maxLength: length });
}

function number(): fc.Arbitrary<number> {
  return fc.oneof(fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 5e-324), fc.double());
}

/** Well-formed strings, a byte order mark at the front included: text decoders like to swallow it. */
function text(): fc.Arbitrary<string> {
  return fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }), fc.constantFrom("", "\uFEFFx", "\0"));
}

function name(): fc.Arbitrary<string> {
  return fc.oneof(fc.constantFrom("score", "toString", "10", "2"), text().filter((name) => /^[^\uFEFF]/.test(name)));
}
