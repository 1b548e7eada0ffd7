/** @file Which tables fit their types, and what is said of those that do not. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { checkTable, type ColumnData, type ColumnSchema, type TableData } from "engram/cache/mod.ts";
import { tables } from "./arbitraries.ts";

const Pair = {
  name: "Pair",
  columns: { id: { dtype: "uint32", dims: [] }, x: { dtype: "float32", dims: ["row", "column"] } },
} as const;

function refuses(column: ColumnSchema, data: unknown, message: RegExp): void {
  const check = () => checkTable({ name: "T", columns: { c: column } }, { c: data as ColumnData });
  assert.throws(check, { name: "TypeError", message });
}

Deno.test("checkTable() counts the rows of any table that fits its type", () => {
  fc.assert(fc.property(tables(), ({ type, data }) => {
    const first = Object.values(data)[0]!;
    const rows = "shape" in first ? first.shape[0] : first.length;
    assert.equal(checkTable(type, data), rows);
  }));
});

Deno.test("checkTable() names a missing and an extra column", () => {
  const id = Uint32Array.of(1);
  const x = { data: new Float32Array(4), shape: [1, 2, 2] };
  assert.equal(checkTable(Pair, { id, x }), 1);
  assert.throws(() => checkTable(Pair, { id }), /column "x" is missing; expected columns "id", "x", found "id"/);
  assert.throws(() => checkTable(Pair, { id, x, y: id }), /column "y" is not in its schema/);
  assert.throws(() => checkTable(Pair, null as unknown as TableData), /Cannot use null as a "Pair" table/);
  assert.throws(() => checkTable({ name: "None", columns: {} }, {}), /without columns/);
  for (const name of ["\ud800", "", "\uFEFFx"]) {
    assert.throws(() => checkTable({ name, columns: Pair.columns }, { id, x }), /Cannot use .* as a name/);
    assert.throws(() => checkTable({ name: "T", columns: { [name]: Pair.columns.id } }, { [name]: id }), /as a name/);
  }
});

Deno.test("checkTable() does not take inherited properties for columns", () => {
  const type = { name: "T", columns: { toString: { dtype: "uint8", dims: [] } } } as const;
  assert.throws(() => checkTable(type, {}), /column "toString" is missing/);
});

Deno.test("checkTable() refuses unequal lengths", () => {
  const data = { id: Uint32Array.of(1, 2), x: { data: new Float32Array(4), shape: [1, 2, 2] } };
  assert.throws(() => checkTable(Pair, data), /column "x" .* expected 2 rows, as column "id" has, found 1 rows/);
});

Deno.test("checkTable() refuses another class of array", () => {
  refuses(
    { dtype: "float32", dims: [] },
    new Float64Array(1),
    /expected a Float32Array .*found a value of class Float64/,
  );
  refuses({ dtype: "bool", dims: [] }, [true], /expected a Uint8Array \(dtype "bool"\), found a value of class Array/);
  refuses({ dtype: "utf8", dims: [] }, new Uint8Array(1), /expected an Array of strings/);
  refuses({ dtype: "int32", dims: [] }, "1", /found string "1"/);
  refuses({ dtype: "int32", dims: [] }, { data: new Int32Array(1), shape: [1] }, /found a tensor/);
});

Deno.test("checkTable() refuses elements that a dtype has no room for", () => {
  refuses({ dtype: "bool", dims: [] }, Uint8Array.of(1, 2), /bools as bytes of 0 and 1, found 2 at element 1/);
  refuses({ dtype: "utf8", dims: [] }, ["a", 1], /expected strings, found number "1" at element 1/);
  refuses({ dtype: "utf8", dims: [] }, ["a\ud800"], /lone surrogate in element 0/);
  refuses({ dtype: "utf8", dims: [] }, new Array(1), /expected strings, found undefined at element 0/);
});

Deno.test("checkTable() refuses tensors whose rank or size does not fit", () => {
  const image: ColumnSchema = { dtype: "uint8", dims: ["row", "column"] };
  refuses(image, new Uint8Array(4), /a tensor \{ data, shape \} of shape \[rows, row, column\]/);
  refuses(image, { data: new Uint8Array(4), shape: [2, 2] }, /found shape \[2, 2\]/);
  refuses(image, { data: new Uint8Array(4), shape: [1, 2, 3] }, /holds its 4 elements, found shape \[1, 2, 3\]/);
  refuses(image, { data: new Uint8Array(4), shape: [-1, -2, 2] }, /found shape \[-1, -2, 2\]/);
  refuses(image, { data: new Uint8Array(0), shape: [0.5, 0, 1] }, /found shape \[0.5, 0, 1\]/);
});
