/**
 * @file A seal inside an Arrow file: its length, logical digest and checksum. apache-arrow may loop for ever on a damaged
 * file, so no object is parsed before its seal holds; and the seal tells presence from damage without parsing at all.
 *
 * An Arrow file ends with `footer, footer length, "ARROW1"`, and readers find all else through the footer. The seal lies
 * just before the footer, where no reader looks: pyarrow and polars read the file as if it were not there.
 * One file and no sidecar: the seal can not be of another file, whatever is killed and whoever else writes.
 */
import { createHash } from "node:crypto";

/** Length of a seal, a multiple of 8 as Arrow's alignment wants: magic, file length, digest, SHA-256 of all other bytes. */
export const SEAL_BYTES = 80;

/** Length of what follows the footer: its length as int32, and the magic. */
export const END_BYTES = 10;

/** Where in a seal the checksum lies, and its length. */
const CHECKSUM_AT = 48;
const CHECKSUM_BYTES = 32;

const ARROW_MAGIC = "ARROW1";
const SEAL_MAGIC = "EngramS1";

/** What a seal says. */
interface Seal {
  readonly length: number;
  readonly digest: string;
  readonly checksum: string;
}

/** The pieces of an Arrow file with a seal for `digest` (64 hexadecimal characters) among them; copies none. */
export function sealArrow(pieces: readonly Uint8Array[], digest: string): readonly Uint8Array[] {
  const size = sizeOfPieces(pieces);
  const footer = footerStart(size, lastBytes(pieces, END_BYTES));
  if (footer === undefined) throw new TypeError("Cannot seal these bytes: they are not an Arrow IPC file");
  const [before, after] = splitAt(pieces, footer);
  const seal = new Uint8Array(SEAL_BYTES);
  seal.set(new TextEncoder().encode(SEAL_MAGIC));
  new DataView(seal.buffer).setBigUint64(8, BigInt(size + SEAL_BYTES), true);
  seal.set(Uint8Array.fromHex(digest), 16);
  const hash = createHash("sha256");
  for (const piece of [...before, seal.subarray(0, CHECKSUM_AT), ...after]) hash.update(piece);
  seal.set(hash.digest(), CHECKSUM_AT);
  return [...before, seal, ...after];
}

/** How many bytes pieces have together. */
export function sizeOfPieces(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

/** Why a file is not the sealed object of a digest; undefined if it is. */
export function whyUnsound(file: Uint8Array, digest: string): string | undefined {
  const start = sealStart(file.length, file.subarray(-END_BYTES));
  if (start === undefined) return whyEndless(file.length);
  const seal = file.subarray(start, start + SEAL_BYTES);
  return whyUnsealed(file.length, seal, digest) ?? new SealHash(start).update(file).whyUnequal(seal);
}

/** Takes the checksum of a file whose bytes arrive in order. */
export class SealHash {
  readonly #hash = createHash("sha256");
  readonly #hole: number;
  #position = 0;

  /** @param start where the file's seal begins: its own checksum is no part of what it covers. */
  constructor(start: number) {
    this.#hole = start + CHECKSUM_AT;
  }

  /** Adds the next bytes. */
  update(bytes: Uint8Array): this {
    const from = Math.max(0, this.#hole - this.#position);
    const to = Math.max(0, this.#hole + CHECKSUM_BYTES - this.#position);
    this.#hash.update(bytes.subarray(0, from)).update(bytes.subarray(to));
    this.#position += bytes.length;
    return this;
  }

  /** Why the bytes are not those that were sealed; undefined if they are. Ends the hash. */
  whyUnequal(seal: Uint8Array): string | undefined {
    const holds = this.#hash.digest("hex") === readSeal(seal)?.checksum;
    return holds ? undefined : "its bytes do not have the checksum they were written with";
  }
}

/** Why a file has no seal where one is looked for. */
export function whyEndless(size: number): string {
  return size === 0
    ? "the file is empty"
    : "it does not end as an Arrow file does (it was cut short, or is something else)";
}

/** Where the seal of a file of `size` bytes begins, by its last bytes; undefined if these are not an Arrow file's. */
export function sealStart(size: number, end: Uint8Array): number | undefined {
  const footer = footerStart(size, end);
  return footer === undefined || footer < SEAL_BYTES ? undefined : footer - SEAL_BYTES;
}

/** Like {@link whyUnsound}, by the seal alone: the other bytes are not looked at. */
export function whyUnsealed(size: number, seal: Uint8Array, digest: string): string | undefined {
  const { length, digest: found } = readSeal(seal) ?? {};
  if (length === undefined) return "it has no seal (it was damaged, or not written by this library)";
  if (length !== size) return `it has ${size} bytes, and was written with ${length}`;
  return found === digest ? undefined : `it is another object, of digest "${found}"`;
}

function footerStart(size: number, end: Uint8Array): number | undefined {
  if (end.length < END_BYTES || ascii(end.subarray(4)) !== ARROW_MAGIC) return undefined;
  const footer = size - END_BYTES - new DataView(end.buffer, end.byteOffset).getInt32(0, true);
  return footer > 0 && footer <= size - END_BYTES ? footer : undefined;
}

function lastBytes(pieces: readonly Uint8Array[], count: number): Uint8Array {
  const [, last] = splitAt(pieces, Math.max(0, sizeOfPieces(pieces) - count));
  return Uint8Array.from(last.flatMap((piece) => [...piece]));
}

function splitAt(pieces: readonly Uint8Array[], position: number): [Uint8Array[], Uint8Array[]] {
  const [before, after]: [Uint8Array[], Uint8Array[]] = [[], []];
  let start = 0;
  for (const piece of pieces) {
    const cut = Math.min(Math.max(position - start, 0), piece.length);
    if (cut > 0) before.push(piece.subarray(0, cut));
    if (cut < piece.length) after.push(piece.subarray(cut));
    start += piece.length;
  }
  return [before, after];
}

function readSeal(bytes: Uint8Array): Seal | undefined {
  if (bytes.length < SEAL_BYTES || ascii(bytes.subarray(0, 8)) !== SEAL_MAGIC) return undefined;
  return {
    length: Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(8, true)),
    digest: bytes.subarray(16, CHECKSUM_AT).toHex(),
    checksum: bytes.subarray(CHECKSUM_AT, SEAL_BYTES).toHex(),
  };
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
