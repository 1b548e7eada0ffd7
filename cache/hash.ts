/**
 * @file SHA-256 over framed parts. Each part is preceded by its kind and length, so that no two lists of parts share a
 * byte stream: `hash("ab", "c")` and `hash("a", "bc")` differ.
 */
import { createHash } from "node:crypto";

/** Kinds of part; part of the format of every key and digest. */
const KIND = { text: 1, bytes: 2, illFormedText: 3 } as const;

/** Hashes framed parts one after another. */
export class FramedHash {
  readonly #hash = createHash("sha256");
  readonly #header = new DataView(new ArrayBuffer(9));

  /** Adds a string. */
  text(value: string): this {
    // A lone surrogate has no UTF-8 form: such strings go in as UTF-16, under a kind of their own.
    if (!value.isWellFormed()) return this.#add(KIND.illFormedText, utf16(value));
    return this.#add(KIND.text, new TextEncoder().encode(value));
  }

  /** Adds bytes. */
  bytes(value: Uint8Array): this {
    return this.#add(KIND.bytes, value);
  }

  /** Announces a part of `length` bytes, which then arrives through {@link chunk}: large arrays need no copy. */
  begin(length: number): this {
    return this.#frame(KIND.bytes, length);
  }

  /** Adds the next bytes of the part that {@link begin} announced. */
  chunk(value: Uint8Array): this {
    this.#hash.update(value);
    return this;
  }

  /** The digest: 64 hexadecimal characters. Ends the hash. */
  hex(): string {
    return this.#hash.digest("hex");
  }

  #add(kind: number, bytes: Uint8Array): this {
    this.#frame(kind, bytes.byteLength);
    return this.chunk(bytes);
  }

  #frame(kind: number, length: number): this {
    this.#header.setUint8(0, kind);
    this.#header.setBigUint64(1, BigInt(length), true);
    this.#hash.update(new Uint8Array(this.#header.buffer));
    return this;
  }
}

/**
 * SHA-256 of a list of strings and byte arrays, framed so that their boundaries count: 64 hexadecimal characters.
 *
 * @example
 * ```ts
 * import { hash } from "engram/cache/mod.ts";
 * console.assert(hash("ab", "c") !== hash("a", "bc"));
 * console.assert(hash("a") !== hash(new TextEncoder().encode("a")));
 * ```
 */
export function hash(...parts: readonly (string | Uint8Array)[]): string {
  const framed = new FramedHash();
  for (const part of parts) {
    if (typeof part === "string") framed.text(part);
    else framed.bytes(part);
  }
  return framed.hex();
}

function utf16(value: string): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(2 * value.length));
  for (let i = 0; i < value.length; i++) bytes.setUint16(2 * i, value.charCodeAt(i), true);
  return new Uint8Array(bytes.buffer);
}
