/** @file Objects: tables as files named by their logical digest. Present means published whole; reading checks it. */
import { decodeAnyTable } from "./codec.ts";
import { digestTable } from "./digest.ts";
import { DamagedObjectError, MissingObjectError } from "./errors.ts";
import { codeOf, readBytesIfThere } from "./files.ts";
import type { Layout } from "./layout.ts";
import type { Publisher, Warn } from "./publisher.ts";
import {
  END_BYTES,
  SEAL_BYTES,
  sealArrow,
  sealStart,
  sizeOfPieces,
  whyEndless,
  whyUnsealed,
  whyUnsound,
} from "./sealed_arrow.ts";
import { checkTable, describeType, type TableData, type TableType } from "./table.ts";

/**
 * A file younger than this may change again within one tick of the file system's clock, and keep its time of change;
 * only older ones are remembered as checked. FAT's clock is the coarsest, with 2 seconds.
 */
const CLOCK_TICK_MS = 2000;

/** An object older than this counts as in use again when it is written again. */
const STALE_MS = 60_000;

/** A table in the store. */
export interface StoredTable {
  /** Logical digest, the name of the object. */
  readonly digest: string;
  /** Size of the file. */
  readonly bytes: number;
  readonly rows: number;
}

/** A table and its type, where the type was not known beforehand. */
export interface TypedTable {
  readonly type: TableType;
  readonly data: TableData;
}

/** The `objects/` of a store. */
export class Objects {
  readonly #layout: Layout;
  readonly #publisher: Publisher;
  readonly #warn: Warn;
  /** Files that this process checked, by digest: their size, inode and time of change when it did. */
  readonly #checked = new Map<string, string>();

  constructor(layout: Layout, publisher: Publisher, warn: Warn) {
    this.#layout = layout;
    this.#publisher = publisher;
    this.#warn = warn;
  }

  /**
   * Publishes a table, unless a sound object of its digest is there. Large arrays are written from where they are: were
   * they changed meanwhile, the object would not have its digest, which the first reader finds.
   */
  async write(type: TableType, data: TableData): Promise<StoredTable> {
    const rows = checkTable(type, data);
    const digest = digestTable(type, data);
    const path = this.#layout.object(digest);
    if (fingerprint(path) !== undefined) {
      const bytes = await this.#soundBytes(digest);
      if (bytes !== undefined) {
        await this.#refresh(path);
        return { digest, bytes, rows };
      }
    }
    const { encodePieces } = await import("./arrow_encode.ts");
    const pieces = sealArrow(await encodePieces(type, data), digest);
    await this.#publisher.write(path, pieces, { durable: true, existing: "replace" });
    return { digest, bytes: sizeOfPieces(pieces), rows };
  }

  /** Reads a table of a type. */
  async read(type: TableType, digest: string): Promise<TableData> {
    const found = await this.readAny(digest);
    const [expected, actual] = [type, found.type].map(describeType);
    if (expected !== actual) {
      throw new TypeError(`Cannot read object "${digest}" as ${expected}: it is a sound table of type ${actual}`);
    }
    return found.data;
  }

  /** Reads a table of whatever type; the object says which. */
  async readAny(digest: string): Promise<TypedTable> {
    const { bytes, seen } = await this.#readSealed(digest);
    if (this.#checked.get(digest) === seen.text) return decodeAnyTable(bytes);
    let found: string;
    let table: TypedTable;
    try {
      table = await decodeAnyTable(bytes);
      found = digestTable(table.type, table.data);
    } catch (cause) {
      throw await this.#damaged(digest, "it is not a whole Arrow file of this library", { cause });
    }
    if (found !== digest) throw await this.#damaged(digest, `its content has the digest "${found}"`);
    this.#remember(digest, seen);
    return table;
  }

  /**
   * Whether an object is there in the length it was written with: looks at the file's seal, not at its content. What
   * that shows to be damaged is set aside, with a warning.
   */
  async has(digest: string): Promise<boolean> {
    const { isThere, damage } = await this.#glance(digest);
    if (damage !== undefined) this.#warn((await this.#damaged(digest, damage)).message);
    return isThere && damage === undefined;
  }

  async #glance(digest: string): Promise<{ readonly isThere: boolean; readonly damage?: string | undefined }> {
    try {
      using file = await Deno.open(this.#layout.object(digest));
      const { size } = file.statSync();
      const start = sealStart(size, readAt(file, Math.max(0, size - END_BYTES), END_BYTES));
      if (start === undefined) return { isThere: true, damage: whyEndless(size) };
      return { isThere: true, damage: whyUnsealed(size, readAt(file, start, SEAL_BYTES), digest) };
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return { isThere: false };
      if (codeOf(error) === "EISDIR") return { isThere: true, damage: "it is a folder" };
      throw error;
    }
  }

  /** The bytes of a file whose seal holds; a file that this process has checked since it changed is not hashed again. */
  async #readSealed(digest: string): Promise<{ bytes: Uint8Array; seen: Fingerprint }> {
    const path = this.#layout.object(digest);
    const seen = fingerprint(path);
    if (seen?.isFolder) throw await this.#damaged(digest, "it is a folder");
    const bytes = seen === undefined ? undefined : await readBytesIfThere(path);
    if (seen === undefined || bytes === undefined) throw new MissingObjectError(digest, path);
    const reason = this.#checked.get(digest) === seen.text ? undefined : whyUnsound(bytes, digest);
    if (reason !== undefined) throw await this.#damaged(digest, reason);
    return { bytes, seen };
  }

  /** The size of a sound object; undefined once a damaged one was set aside: keeping it would waste the writer's work. */
  async #soundBytes(digest: string): Promise<number | undefined> {
    try {
      return (await this.#readSealed(digest)).bytes.length;
    } catch (error) {
      if (!(error instanceof DamagedObjectError || error instanceof MissingObjectError)) throw error;
      if (error instanceof DamagedObjectError) this.#warn(error.message);
      return undefined;
    }
  }

  /** Makes an old object young: it is about to get a record, and gc must not take it for one that nobody wants. */
  async #refresh(path: string): Promise<void> {
    const now = Date.now();
    const age = now - (fingerprint(path)?.changedMs ?? now);
    if (Math.abs(age) > STALE_MS) await Deno.utime(path, new Date(now), new Date(now)).catch(() => {}); // not our file
  }

  #remember(digest: string, seen: Fingerprint): void {
    if (Date.now() - seen.changedMs > CLOCK_TICK_MS) this.#checked.set(digest, seen.text);
  }

  async #damaged(digest: string, reason: string, options?: ErrorOptions): Promise<DamagedObjectError> {
    const path = this.#layout.object(digest);
    this.#checked.delete(digest);
    const setAside = await this.#publisher.setAside(path);
    return new DamagedObjectError(digest, path, setAside, reason, options);
  }
}

/** Changes whenever a file does, as far as a file system can tell. */
interface Fingerprint {
  readonly text: string;
  readonly changedMs: number;
  readonly isFolder: boolean;
}

function fingerprint(path: string): Fingerprint | undefined {
  try {
    const { size, ino, mtime, isDirectory: isFolder } = Deno.statSync(path);
    const changedMs = Number(mtime);
    return { text: `${size} ${ino} ${changedMs}`, changedMs, isFolder };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** A few bytes of a file; synchronous, as a round trip to the event loop would take longer than the reading. */
function readAt(file: Deno.FsFile, position: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  file.seekSync(position, Deno.SeekMode.Start);
  for (let read = 0; read < length;) {
    const count = file.readSync(bytes.subarray(read));
    if (count === null) break; // cut short meanwhile: the zeros that remain are no seal
    read += count;
  }
  return bytes;
}
