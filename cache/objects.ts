/** @file Objects: tables as files named by their logical digest. Present means published whole; reading checks it. */
import { readAt, UnsoundError } from "./checked_file.ts";
import { decodeAnyTable } from "./codec.ts";
import { digestTable, TableDigest } from "./digest.ts";
import { DamagedObjectError, MissingObjectError } from "./errors.ts";
import { codeOf, readBytesIfThere } from "./files.ts";
import { CheckedFiles, type Fingerprint, fingerprint } from "./fingerprint.ts";
import type { Layout } from "./layout.ts";
import type { Publisher, Warn } from "./publisher.ts";
import { END_BYTES, SEAL_BYTES, sealArrow, sealStart, sizeOfPieces } from "./sealed_arrow.ts";
import { whyEndless, whyUnsealed, whyUnsound } from "./sealed_arrow.ts";
import { Spool } from "./spool.ts";
import { checkTable, describeType, elementsOf, type TableData, type TableType } from "./table.ts";
import type { TableFile } from "./table_file.ts";
import type { Upstream } from "./upstream.ts";
import { whyBroken } from "./verify_object.ts";

/** An object older than this counts as in use again when it is written again. */
const STALE_MS = 60_000;

/** Larger files are read in pieces, straight to where their rows belong. */
const SMALL_BYTES = 1 << 20;

/** A table with more bytes of numbers is hashed while it is written; before, of a smaller one, to write it only if new. */
const LARGE_BYTES = 1 << 22;

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

/** A table that is read in batches of rows, so that it needs not fit into memory. */
export interface TableBatches {
  /** How many rows there are. */
  readonly rows: number;
  /**
   * All rows in order, `size` of them a batch and fewer in the last; one batch without rows where the table has none.
   * Where batches begin depends on `size` alone, never on how the table was written. Two are in memory at a time.
   */
  of(size: number): AsyncIterable<TableData>;
}

/** The `objects/` of a store. */
export class Objects {
  /** Brings objects that are not here. */
  upstream: Upstream | undefined;
  readonly #layout: Layout;
  readonly #publisher: Publisher;
  readonly #warn: Warn;
  readonly #checked = new CheckedFiles();

  constructor(layout: Layout, publisher: Publisher, warn: Warn) {
    this.#layout = layout;
    this.#publisher = publisher;
    this.#warn = warn;
  }

  /**
   * Publishes a table, unless a sound object of its digest is there. Large arrays are written from where they are, and
   * hashed meanwhile: were they changed, the object would not have its digest, which the first reader finds.
   */
  async write(type: TableType, data: TableData): Promise<StoredTable> {
    const rows = checkTable(type, data);
    if (numericBytes(type, data) > LARGE_BYTES) return await this.writeBatches(type, [data]);
    const digest = digestTable(type, data);
    const present = await this.#present(digest);
    if (present !== undefined) return { digest, bytes: present, rows };
    const { encodePieces } = await import("./arrow_encode.ts");
    const pieces = sealArrow(encodePieces(type, data, rows), digest, rows);
    await this.#publisher.write(this.#layout.object(digest), pieces, { durable: true, existing: "replace" });
    return { digest, bytes: sizeOfPieces(pieces), rows };
  }

  /** Publishes a table that arrives in batches of rows, in constant memory. */
  async writeBatches(
    type: TableType,
    batches: Iterable<TableData> | AsyncIterable<TableData>,
  ): Promise<StoredTable> {
    this.#publisher.checkWritable(this.#layout.objects);
    const { writeBatches } = await import("./batch_writer.ts");
    await using spool = await Spool.begin(this.#layout.temporary);
    const written = await writeBatches(spool, type, batches);
    const present = await this.#present(written.digest);
    if (present !== undefined) return { ...written, bytes: present };
    await this.#publisher.publish(spool, this.#layout.object(written.digest));
    return written;
  }

  /** Reads a table of a type. */
  async read(type: TableType, digest: string): Promise<TableData> {
    const found = await this.readAny(digest);
    checkType(type, found.type, digest);
    return found.data;
  }

  /** Reads a table of whatever type; the object says which. */
  async readAny(digest: string): Promise<TypedTable> {
    const seen = await this.#look(digest);
    return seen.size > SMALL_BYTES ? await this.#readLarge(digest, seen) : await this.#readSmall(digest, seen);
  }

  /** Opens a table of a type for reading in batches. */
  async batches(type: TableType, digest: string): Promise<TableBatches> {
    const seen = await this.#look(digest);
    using file = await this.#open(digest);
    checkType(type, file.type, digest);
    return { rows: file.rows, of: (size) => this.#readBatches(digest, seen, size) };
  }

  /**
   * Whether an object is there in the length it was written with, or promised: looks at the file's seal, not at its
   * content. What that shows to be damaged is set aside, with a warning.
   */
  async has(digest: string): Promise<boolean> {
    return await this.hasOwn(digest) || this.upstream !== undefined && this.upstream.promises(digest);
  }

  /** The same, of what is here. */
  async hasOwn(digest: string): Promise<boolean> {
    const { isThere, damage } = this.#glance(digest);
    if (damage !== undefined) this.#warn((await this.#damaged(digest, damage)).message);
    return isThere && damage === undefined;
  }

  #glance(digest: string): { readonly isThere: boolean; readonly damage?: string | undefined } {
    try {
      using file = Deno.openSync(this.#layout.object(digest));
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

  async #look(digest: string): Promise<Fingerprint> {
    const path = this.#layout.object(digest);
    let seen = fingerprint(path);
    if (seen === undefined && await this.upstream?.bring(digest)) seen = fingerprint(path);
    if (seen === undefined) throw new MissingObjectError(digest, path);
    if (seen.isFolder) throw await this.#damaged(digest, "it is a folder");
    return seen;
  }

  async #readSmall(digest: string, seen: Fingerprint): Promise<TypedTable> {
    const path = this.#layout.object(digest);
    const bytes = await readBytesIfThere(path);
    if (bytes === undefined) throw new MissingObjectError(digest, path);
    if (this.#checked.has(digest, seen)) return decodeAnyTable(bytes);
    const reason = whyUnsound(bytes, digest);
    if (reason !== undefined) throw await this.#damaged(digest, reason);
    let found: string;
    let table: TypedTable;
    try {
      table = await decodeAnyTable(bytes);
      found = digestTable(table.type, table.data);
    } catch (cause) {
      throw await this.#damaged(digest, "it is not a whole Arrow file of this library", { cause });
    }
    if (found !== digest) throw await this.#damaged(digest, `its content has the digest "${found}"`);
    this.#checked.add(digest, seen);
    return table;
  }

  async #readLarge(digest: string, seen: Fingerprint): Promise<TypedTable> {
    using file = await this.#open(digest);
    const { type, rows } = file;
    const [data] = await Array.fromAsync(this.#checkBatches(file, digest, seen, Math.max(1, rows)));
    return { type, data: data! };
  }

  async *#readBatches(digest: string, seen: Fingerprint, size: number): AsyncGenerator<TableData, void, void> {
    if (!(Number.isSafeInteger(size) && size > 0)) {
      throw new RangeError(`Cannot read batches of ${size} rows: give a whole number above 0`);
    }
    using file = await this.#open(digest);
    yield* this.#checkBatches(file, digest, seen, size);
  }

  /** All rows of a file. The digest is taken on the way, unless this process has; it is known with the last batch. */
  async *#checkBatches(file: TableFile, digest: string, seen: Fingerprint, size: number): AsyncGenerator<TableData> {
    const hash = this.#checked.has(digest, seen) ? undefined : new TableDigest(file.type);
    let rows = 0;
    try {
      for await (const batch of file.batches(size)) {
        hash?.add(batch);
        rows += size;
        if (rows >= file.rows && hash !== undefined) {
          const found = hash.hex(file.rows, file.rowShapes);
          if (found !== digest) throw new UnsoundError(`its content has the digest "${found}"`);
          this.#checked.add(digest, seen);
        }
        yield batch;
      }
    } catch (cause) {
      if (cause instanceof UnsoundError) throw await this.#damaged(digest, cause.message, { cause });
      throw cause;
    }
  }

  async #open(digest: string): Promise<TableFile> {
    const { TableFile } = await import("./table_file.ts");
    const path = this.#layout.object(digest);
    try {
      return TableFile.open(path, digest);
    } catch (cause) {
      if (cause instanceof Deno.errors.NotFound) throw new MissingObjectError(digest, path);
      if (cause instanceof UnsoundError) throw await this.#damaged(digest, cause.message, { cause });
      throw cause;
    }
  }

  /** The size of a sound object; undefined once a damaged one was set aside: keeping it would waste the writer's work. */
  async #present(digest: string): Promise<number | undefined> {
    const path = this.#layout.object(digest);
    const seen = fingerprint(path);
    if (seen === undefined) return undefined;
    if (!this.#checked.has(digest, seen)) {
      const reason = seen.isFolder ? "it is a folder" : await whyBroken(path, digest);
      if (reason !== undefined) {
        this.#warn((await this.#damaged(digest, reason)).message);
        return undefined;
      }
    }
    refresh(path, seen);
    return seen.size;
  }

  async #damaged(digest: string, reason: string, options?: ErrorOptions): Promise<DamagedObjectError> {
    const path = this.#layout.object(digest);
    this.#checked.delete(digest);
    const setAside = await this.#publisher.setAside(path);
    return new DamagedObjectError(digest, path, setAside, reason, options);
  }
}

function checkType(type: TableType, found: TableType, digest: string): void {
  const [expected, actual] = [type, found].map(describeType);
  if (expected !== actual) {
    throw new TypeError(`Cannot read object "${digest}" as ${expected}: it is a sound table of type ${actual}`);
  }
}

/** Makes an old object young: it is about to get a record, and gc must not take it for one that nobody wants. */
function refresh(path: string, { changedMs }: Fingerprint): void {
  const now = Date.now();
  if (Math.abs(now - changedMs) <= STALE_MS) return;
  try {
    Deno.utimeSync(path, new Date(now), new Date(now)); // synchronous: a stage may write thousands of small tables again
  } catch {
    // Not our file, or gone: whoever reads it finds out.
  }
}

function numericBytes(type: TableType, data: TableData): number {
  const sizes = Object.entries(type.columns).map(([name, column]) => {
    const { elements } = elementsOf(column, data[name]!);
    return ArrayBuffer.isView(elements) ? elements.byteLength : 0;
  });
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}
