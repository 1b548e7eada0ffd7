/** @file Tables to Arrow files and back. */
import assert from "node:assert/strict";
import * as arrow from "apache-arrow";
import fc from "fast-check";
import { decodeAnyTable, decodeTable, digestTable, encodeTable, type TableType } from "engram/cache/mod.ts";
import { tables } from "./arbitraries.ts";

const Labels: TableType = { name: "Labels", columns: { y: { dtype: "int32", dims: [] } } };
const Images: TableType = { name: "Images", columns: { x: { dtype: "float32", dims: ["row", "column"] } } };

Deno.test("decodeTable() gives back what encodeTable() was given, for every dtype and shape", async () => {
  await fc.assert(fc.asyncProperty(tables(), async ({ type, data }) => {
    const decoded = await decodeTable(type, await encodeTable(type, data));
    assert.deepEqual(decoded, data);
    assert.equal(digestTable(type, decoded), digestTable(type, data));
  }));
});

Deno.test("decodeAnyTable() finds the type in the file", async () => {
  await fc.assert(fc.asyncProperty(tables(), async ({ type, data }) => {
    const decoded = await decodeAnyTable(await encodeTable(type, data));
    assert.deepEqual(decoded, { type, data });
    assert.deepEqual(Object.keys(decoded.type.columns), Object.keys(type.columns));
  }));
});

Deno.test("decodeTable() makes views of the bytes where they are aligned, and copies where they are not", async () => {
  const bytes = await encodeTable(Labels, { y: Int32Array.of(1, 2, 3) });
  const shifted = new Uint8Array(bytes.length + 1).subarray(1);
  shifted.set(bytes);
  const [view, copy] = [await decodeTable(Labels, bytes), await decodeTable(Labels, shifted)];
  assert.equal((view.y as Int32Array).buffer, bytes.buffer);
  assert.deepEqual(copy, view);
  assert.ok(view.y instanceof Int32Array);
});

Deno.test("decodeTable() joins the record batches of another writer", async () => {
  const parts = [Int32Array.of(1, 2), Int32Array.of(3), new Int32Array(0)].map((y) => {
    return new arrow.Table({ y: arrow.makeVector(y) });
  });
  const table = parts.reduce((whole, part) => whole.concat(part));
  const { y } = await decodeTable(Labels, arrow.tableToIPC(table, "file"));
  assert.deepEqual(y, Int32Array.of(1, 2, 3));
});

Deno.test("decodeTable() reads bools that begin in the middle of a byte", async () => {
  const type: TableType = { name: "Masks", columns: { member: { dtype: "bool", dims: [] } } };
  const all = Array.from({ length: 40 }, (_, i) => i % 3 === 0);
  const member = arrow.vectorFromArray(all, new arrow.Bool()).slice(5, 23);
  const decoded = await decodeTable(type, arrow.tableToIPC(new arrow.Table({ member }), "file"));
  assert.deepEqual(decoded.member, Uint8Array.from(all.slice(5, 23), Number));
});

Deno.test("decodeTable() takes a fixed-size list without the tensor extension as one axis", async () => {
  const type: TableType = { name: "Points", columns: { x: { dtype: "float32", dims: ["axis"] } } };
  const list = new arrow.FixedSizeList(2, new arrow.Field("item", new arrow.Float32()));
  const x = arrow.vectorFromArray([[1, 2], [3, 4]], list);
  const decoded = await decodeTable(type, arrow.tableToIPC(new arrow.Table({ x }), "file"));
  assert.deepEqual(decoded.x, { data: Float32Array.of(1, 2, 3, 4), shape: [2, 2] });
});

Deno.test("decodeTable() refuses another type, dtype or number of axes, and says what it found", async () => {
  const bytes = await encodeTable(Labels, { y: Int32Array.of(1) });
  const expected = /Cannot decode this file as .*: it holds "Labels" \{ "y": int32 \}/;
  await assert.rejects(decodeTable({ ...Labels, name: "Scores" }, bytes), { name: "TypeError", message: expected });
  await assert.rejects(decodeTable({ name: "Labels", columns: { y: { dtype: "uint32", dims: [] } } }, bytes), expected);
  await assert.rejects(decodeTable(Images, bytes), expected);
});

Deno.test("decodeTable() refuses nulls, foreign element types and bytes that are no Arrow file", async () => {
  const nulls = arrow.tableToIPC(new arrow.Table({ y: arrow.vectorFromArray([1, null], new arrow.Int32()) }), "file");
  await assert.rejects(decodeTable(Labels, nulls), /column "y": it has 1 nulls/);
  const dates = arrow.tableToIPC(new arrow.Table({ y: arrow.vectorFromArray([new Date(0)]) }), "file");
  await assert.rejects(decodeTable(Labels, dates), /column "y": Arrow type .* has no dtype here/);
  await assert.rejects(decodeTable(Labels, new TextEncoder().encode("no")), /not an Arrow IPC file/);
});

Deno.test("encodeTable() gives equal bytes for equal data", async () => {
  const data = { x: { data: Float32Array.of(1, 2, 3, 4), shape: [1, 2, 2] } };
  assert.deepEqual(await encodeTable(Images, data), await encodeTable(Images, data));
});
