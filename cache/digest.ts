/**
 * @file Logical digests: what a table says, not how a file spells it. Arrow files of equal data may differ in their bytes
 * (apache-arrow numbers dictionaries from a process-wide counter), so identity comes from the schema and the values.
 */
import { visitCanonicalBytes } from "./canonical_bytes.ts";
import { FramedHash } from "./hash.ts";
import { checkTable, type ColumnSchema, elementsOf, type TableData, type TableType, type TypedArray } from "./table.ts";

/** Raised when the canonical form changes; old objects and records are then unreachable, and NEWS.md says so. */
export const DIGEST_VERSION = 1;

/**
 * The logical digest of a table: SHA-256 of the digest version, the type's name, the schema in its order, the number of
 * rows, the shape of a row, and the canonical values of each column (little endian; NaN payloads pinned; -0 is not 0;
 * strings as length-prefixed UTF-8). 64 hexadecimal characters.
 *
 * @throws TypeError where the data do not fit the type ({@link checkTable}).
 *
 * @example
 * ```ts
 * import { digestTable } from "engram/cache/mod.ts";
 * const Scores = { name: "Scores", columns: { score: { dtype: "float64", dims: [] } } } as const;
 * const digest = digestTable(Scores, { score: new Float64Array([0.5]) });
 * console.assert(digest === digestTable(Scores, { score: Float64Array.of(0.5) }));
 * console.assert(digest !== digestTable(Scores, { score: Float64Array.of(0.25) }));
 * ```
 */
export function digestTable(type: TableType, data: TableData): string {
  const rows = checkTable(type, data);
  const columns = Object.entries(type.columns).map(([name, column]) => {
    return { name, column, ...elementsOf(column, data[name]!) };
  });
  // JSON of arrays, strings and integers is pinned by ECMAScript, so it can serve as the header.
  const schema = columns.map(({ name, column, rowShape }) => [name, column.dtype, column.dims, rowShape]);
  const framed = new FramedHash().text("engram table").text(JSON.stringify([DIGEST_VERSION, type.name, rows, schema]));
  for (const { column, elements } of columns) addColumn(framed, column, elements);
  return framed.hex();
}

/**
 * The digest of an ordered collection of tables of one type, from the digests of its items.
 *
 * @example
 * ```ts
 * import { digestItems, hash } from "engram/cache/mod.ts";
 * const [a, b] = [hash("a"), hash("b")];
 * console.assert(digestItems("Model", [a, b]) !== digestItems("Model", [b, a]));
 * ```
 */
export function digestItems(typeName: string, digests: readonly string[]): string {
  return new FramedHash().text("engram items").text(JSON.stringify([DIGEST_VERSION, typeName, digests])).hex();
}

function addColumn(framed: FramedHash, column: ColumnSchema, elements: TypedArray | readonly string[]): void {
  if (column.dtype === "utf8") {
    addStrings(framed, elements as readonly string[]);
  } else {
    const array = elements as TypedArray;
    framed.begin(array.byteLength);
    visitCanonicalBytes(array, (chunk) => framed.chunk(chunk));
  }
}

/** Adds `[length: uint32][UTF-8]` of each string; the header gave their number, so the stream needs no frame. */
function addStrings(framed: FramedHash, strings: readonly string[]): void {
  const encoder = new TextEncoder();
  const buffer = new Uint8Array(1 << 16);
  const view = new DataView(buffer.buffer);
  let used = 0;
  for (const text of strings) {
    const most = 4 + 3 * text.length; // one UTF-16 unit takes at most 3 bytes of UTF-8
    if (used + most > buffer.length) {
      framed.chunk(buffer.subarray(0, used));
      used = 0;
    }
    if (most > buffer.length) {
      const bytes = encoder.encode(text);
      view.setUint32(0, bytes.length, true);
      framed.chunk(buffer.subarray(0, 4)).chunk(bytes);
    } else {
      const { written } = encoder.encodeInto(text, buffer.subarray(used + 4));
      view.setUint32(used, written, true);
      used += 4 + written;
    }
  }
  framed.chunk(buffer.subarray(0, used));
}
