/**
 * @file MATLAB's MAT-file, level 5 (versions 6 and 7): real numeric arrays, plain or compressed. Source: The MathWorks,
 * MAT-File Format, "Level 5 MAT-Files".
 */
import { inflateSync } from "node:zlib";

/** A numeric array. MATLAB stores the first axis fastest. */
export interface MatArray {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

const HEADER_BYTES = 128;
const [COMPRESSED, MATRIX] = [15, 14];
/** Classes of arrays whose elements are numbers: double, single, and integers of 8 to 32 bits. */
const NUMERIC = new Set([6, 7, 8, 9, 10, 11, 12, 13]);
const COMPLEX = 0x0800;

/** How elements are stored, by type: an array with elements of this class may have any of them, if its values fit. */
const ELEMENTS = new Map<number, readonly [bytes: number, of: (buffer: ArrayBuffer) => ArrayLike<number>]>([
  [1, [1, (buffer) => new Int8Array(buffer)]],
  [2, [1, (buffer) => new Uint8Array(buffer)]],
  [3, [2, (buffer) => new Int16Array(buffer)]],
  [4, [2, (buffer) => new Uint16Array(buffer)]],
  [5, [4, (buffer) => new Int32Array(buffer)]],
  [6, [4, (buffer) => new Uint32Array(buffer)]],
  [7, [4, (buffer) => new Float32Array(buffer)]],
  [9, [8, (buffer) => new Float64Array(buffer)]],
]);

/** A data element: its type, its bytes, and where the next begins. */
interface Element {
  readonly type: number;
  readonly data: Uint8Array;
  readonly next: number;
}

/**
 * The numeric arrays of a file, by name; others (text, cells, structures, complex numbers) are left out.
 *
 * @param name for messages.
 * @throws TypeError when it is no level 5 MAT-file of a little-endian machine. RangeError when it is cut off or damaged.
 */
export function parseMat(bytes: Uint8Array, name: string): Map<string, MatArray> {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, HEADER_BYTES));
  if (bytes.length < HEADER_BYTES || !text.startsWith("MATLAB 5.0") || !text.endsWith("IM")) {
    throw new TypeError(
      `Cannot read "${name}": it is not a level 5 MAT-file of a little-endian machine; save it by save -v7 in MATLAB or ` +
        `scipy.io.savemat`,
    );
  }
  try {
    const arrays = new Map<string, MatArray>();
    for (let at = HEADER_BYTES; at < bytes.length;) {
      const outer = elementAt(bytes, at);
      at = outer.next;
      const element = outer.type === COMPRESSED ? elementAt(inflateSync(outer.data), 0) : outer;
      const found = element.type === MATRIX ? matrixOf(element.data) : undefined;
      if (found !== undefined) arrays.set(found.name, found.array);
    }
    return arrays;
  } catch (cause) {
    const why = (cause as Error).message;
    throw new RangeError(`Cannot read "${name}": it is cut off or damaged (${why}); get the file again`, { cause });
  }
}

function elementAt(bytes: Uint8Array, at: number): Element {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = view.getUint32(at, true);
  // A small element has its length in the upper half of the first word, and its data in the second.
  const isSmall = word >>> 16 !== 0;
  const [type, length] = isSmall ? [word & 0xffff, word >>> 16] : [word, view.getUint32(at + 4, true)];
  const from = at + (isSmall ? 4 : 8);
  if (from + length > bytes.length) throw new RangeError(`an element of ${length} bytes ends behind the file`);
  // All but compressed elements are padded to 8 bytes.
  const next = isSmall ? at + 8 : from + (type === COMPRESSED ? length : Math.ceil(length / 8) * 8);
  return { type, data: bytes.subarray(from, from + length), next };
}

function matrixOf(bytes: Uint8Array): { readonly name: string; readonly array: MatArray } | undefined {
  const flags = elementAt(bytes, 0);
  const word = numbers(flags)[0] ?? 0;
  if (!NUMERIC.has(word & 0xff) || (word & COMPLEX) !== 0) return undefined;
  const dimensions = elementAt(bytes, flags.next);
  const label = elementAt(bytes, dimensions.next);
  const shape = Array.from(numbers(dimensions));
  const data = numbers(elementAt(bytes, label.next));
  const expected = shape.reduce((product, length) => product * length, 1);
  if (data.length !== expected) throw new RangeError(`an array of ${shape.join("x")} has ${data.length} elements`);
  return { name: new TextDecoder("latin1").decode(label.data), array: { shape, data } };
}

function numbers({ type, data }: Element): ArrayLike<number> {
  const element = ELEMENTS.get(type);
  if (element === undefined) throw new RangeError(`elements of type ${type} are not read`);
  const [bytes, of] = element;
  if (data.length % bytes !== 0) throw new RangeError(`${data.length} bytes are no whole elements`);
  // Bytes need no alignment: no copy of what may be hundreds of megabytes.
  return type === 2 ? data : of(Uint8Array.from(data).buffer);
}
