/**
 * @file Tables of bits as text: rows of numbers between commas, which may begin with a label. A scanner of bytes, as the
 * files have more than 100 million fields, which no parser of CSV should make strings of.
 */

/** A table: labels as the file has them, and pixels, 0 for bit 0 and 255 for bit 1, `[row, column]`. */
export interface BitTable {
  readonly rows: number;
  readonly columns: number;
  readonly labels: Int32Array;
  readonly pixels: Uint8Array;
}

const [NEWLINE, RETURN, COMMA, SPACE, ZERO, NINE] = [10, 13, 44, 32, 48, 57];

/**
 * Reads rows of bits.
 *
 * @param labelled whether each row begins with a label, a whole number.
 * @param name for messages.
 * @throws RangeError for a field that is no bit, a label that is no whole number, or rows of different lengths.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseBits } from "engram/stages/load/bit_text.ts";
 * const table = parseBits(new TextEncoder().encode("17,0,1\n3,1,1\n"), true, "example");
 * assert(table.labels.join() === "17,3" && table.pixels.join() === "0,255,255,255");
 * ```
 */
export function parseBits(bytes: Uint8Array, labelled: boolean, name: string): BitTable {
  const fields = fieldsOfFirst(bytes);
  const columns = labelled ? fields - 1 : fields;
  const rows = countRows(bytes);
  const labels = new Int32Array(labelled ? rows : 0);
  const pixels = new Uint8Array(rows * columns);
  let [at, row] = [0, 0];
  while (row < rows) {
    at = skipBlank(bytes, at);
    for (let field = 0; field < fields; field++) {
      const from = at;
      let value = 0;
      while (bytes[at] === SPACE) at++;
      const first = at;
      for (; bytes[at]! >= ZERO && bytes[at]! <= NINE; at++) value = value * 10 + bytes[at]! - ZERO;
      const isNumber = at > first;
      while (bytes[at] === SPACE) at++;
      const ends = field === fields - 1 ? isEnd(bytes[at]) : bytes[at] === COMMA;
      const isLabel = labelled && field === 0;
      if (!isNumber || !ends || (!isLabel && value > 1)) {
        throw new RangeError(refusal(bytes, from, row, field, fields, isLabel, name));
      }
      if (isLabel) labels[row] = value;
      else pixels[row * columns + field - (fields - columns)] = 255 * value;
      if (field < fields - 1) at++;
    }
    row++;
  }
  return { rows, columns, labels, pixels };
}

function isEnd(byte: number | undefined): boolean {
  return byte === undefined || byte === NEWLINE || byte === RETURN;
}

function skipBlank(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === NEWLINE || bytes[at] === RETURN || bytes[at] === SPACE) at++;
  return at;
}

function countRows(bytes: Uint8Array): number {
  let rows = 0;
  for (let at = skipBlank(bytes, 0); at < bytes.length; rows++) {
    const end = bytes.indexOf(NEWLINE, at);
    at = end < 0 ? bytes.length : skipBlank(bytes, end);
  }
  return rows;
}

function fieldsOfFirst(bytes: Uint8Array): number {
  let fields = 1;
  for (let at = skipBlank(bytes, 0); !isEnd(bytes[at]); at++) if (bytes[at] === COMMA) fields++;
  return fields;
}

function refusal(
  bytes: Uint8Array,
  from: number,
  row: number,
  field: number,
  fields: number,
  isLabel: boolean,
  name: string,
): string {
  let end = from;
  while (!isEnd(bytes[end]) && bytes[end] !== COMMA && end - from < 20) end++;
  const found = new TextDecoder().decode(bytes.subarray(from, end));
  const wanted = isLabel ? "a label, a whole number" : "0 or 1";
  return `Cannot read "${name}": field ${field + 1} of row ${row + 1} is "${found}", where ${wanted}, ` +
    `${
      field === fields - 1 ? "and then the end of the row" : "and then a comma"
    } should be (the first row has ${fields} ` +
    `fields); it is cut off, or of another format`;
}
