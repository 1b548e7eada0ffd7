/** @file The store: objects by digest, records by key, notes by name. Data only, never code; files only, no database. */
import { resolve } from "node:path";
import { atOnce } from "./at_once.ts";
import { type Claim, type ClaimOptions, Claims, type WaitOptions } from "./claims.ts";
import { Documents } from "./documents.ts";
import type { Holder } from "./holder.ts";
import { Layout } from "./layout.ts";
import { type Lease, Leases } from "./leases.ts";
import { asNote, type Note } from "./note.ts";
import { Objects, type StoredTable, type TableBatches, type TypedTable } from "./objects.ts";
import { Publisher } from "./publisher.ts";
import type { StoreRecord } from "./record.ts";
import { Records } from "./records.ts";
import type { TableData, TableType } from "./table.ts";
import type { StoreOptions } from "./store_options.ts";
import type { Upstream } from "./upstream.ts";
import { prepare } from "./version.ts";

/**
 * A content-addressed store in a directory, shared by any number of processes. Whatever is killed, whenever: the store
 * stays valid, as files appear whole or not at all and nothing is locked.
 *
 * @example
 * ```ts
 * import { Store } from "engram/cache/mod.ts";
 * const Scores = { name: "Scores", columns: { score: { dtype: "float64", dims: [] } } } as const;
 * const directory = await Deno.makeTempDir();
 * const store = await Store.open(directory);
 * const { digest } = await store.writeTable(Scores, { score: Float64Array.of(0.5) });
 * const { score } = await store.readTable(Scores, digest);
 * console.assert((score as Float64Array)[0] === 0.5);
 * await Deno.remove(directory, { recursive: true });
 * ```
 */
export class Store {
  readonly #layout: Layout;
  readonly #objects: Objects;
  readonly #publisher: Publisher;
  readonly #documents: Documents;
  readonly #records: Records;
  readonly #leases: Leases;
  readonly #claims: Claims;

  private constructor(layout: Layout, readOnly: string | undefined, { warn = tell, leases, upstream }: StoreOptions) {
    this.#layout = layout;
    this.#publisher = new Publisher(layout, readOnly, warn);
    this.#objects = new Objects(layout, this.#publisher, warn);
    this.#documents = new Documents(this.#publisher, warn);
    this.#records = new Records(layout, this.#documents, this.#objects, this.#publisher);
    this.#leases = new Leases(layout, this.#publisher, warn, leases);
    this.#claims = new Claims(layout, this.#leases, (key) => this.findRecord(key));
    if (readOnly !== undefined || upstream === undefined) return;
    this.#records.upstream = this.#objects.upstream = upstream({
      layout,
      publisher: this.#publisher,
      warn,
      readRecord: (key) => this.#records.readOwn(key),
      hasObject: (digest) => this.#objects.hasOwn(digest),
      keepRecord: async (record) => void await this.#records.keep(record),
    });
  }

  /**
   * Opens a store, and makes it if there is none. One that is there but can not be written is opened for reading, with a
   * warning: its results can be used, and whatever would write throws StoreWriteError.
   *
   * @throws StoreOpenError if the path is a file, can not be made, or holds a store of a newer version.
   */
  static async open(directory: string, options: StoreOptions = {}): Promise<Store> {
    const layout = new Layout(resolve(directory));
    const readOnly = await prepare(layout);
    if (readOnly !== undefined) {
      const { warn = tell } = options;
      warn(
        `Cannot write the store "${layout.directory}" (${readOnly}): what it holds is used, but nothing new is kept; ` +
          `make its folder writable, or choose another store`,
      );
    }
    return new Store(layout, readOnly, options);
  }

  /** The directory, as an absolute path. */
  get directory(): string {
    return this.#layout.directory;
  }

  /** Whether the store could be written when it was opened. */
  get writable(): boolean {
    return this.#publisher.readOnly === undefined;
  }

  /** What stands behind the store; undefined if nothing does. */
  get upstream(): Upstream | undefined {
    return this.#records.upstream;
  }

  /**
   * Publishes a table under its logical digest. A sound object that is there already is kept as it is. The arrays must
   * not change until the promise resolves: they are not copied.
   * @throws TypeError where the data do not fit the type; StoreWriteError if the disk is full or read-only.
   */
  writeTable(type: TableType, data: TableData): Promise<StoredTable> {
    return this.#objects.write(type, data);
  }

  /**
   * Publishes a table that arrives in batches of rows, in constant memory, however large it is. Its digest is that of the
   * whole table, so it can be read whole, or in batches of any size. A batch is written before the next is asked for.
   *
   * @throws TypeError naming batch and column where one does not fit the type, or has rows of another shape than the
   * first; StoreWriteError if the disk is full or read-only; what the batches throw. Nothing is left behind then.
   *
   * @example
   * ```ts
   * import assert from "node:assert/strict";
   * import { digestTable, Store } from "engram/cache/mod.ts";
   * const Scores = { name: "Scores", columns: { score: { dtype: "float64", dims: [] } } } as const;
   * const directory = await Deno.makeTempDir();
   * const store = await Store.open(directory);
   * const batches = [{ score: Float64Array.of(1, 2) }, { score: Float64Array.of(3) }];
   * const { digest } = await store.writeBatches(Scores, batches);
   * assert.equal(digest, digestTable(Scores, { score: Float64Array.of(1, 2, 3) }));
   * const { rows, of } = await store.readBatches(Scores, digest);
   * const read = await Array.fromAsync(of(2), ({ score }) => [...score as Float64Array]);
   * assert.deepEqual([rows, read], [3, [[1, 2], [3]]]);
   * await Deno.remove(directory, { recursive: true });
   * ```
   */
  writeBatches(type: TableType, batches: Iterable<TableData> | AsyncIterable<TableData>): Promise<StoredTable> {
    return this.#objects.writeBatches(type, batches);
  }

  /**
   * Opens a table for reading in batches of rows, so that it needs not fit into memory. What is read was checked against
   * its checksums; that all rows together have the digest is known with the last batch, unless this process knew before.
   *
   * @throws as {@link readTable} does, now or while it is read; RangeError for a size that is no whole number above 0.
   */
  readBatches(type: TableType, digest: string): Promise<TableBatches> {
    return this.#objects.batches(type, digest);
  }

  /**
   * Reads a table and checks that it has the digest. Within a process the check is skipped for a file whose size, inode
   * and time of change are those of the last check.
   *
   * @throws MissingObjectError; DamagedObjectError, once the file has been moved to `damaged/`; TypeError where the
   * object is sound but of another type.
   */
  readTable(type: TableType, digest: string): Promise<TableData> {
    return this.#objects.read(type, digest);
  }

  /** Like {@link readTable}, of whatever type. */
  readAnyTable(digest: string): Promise<TypedTable> {
    return this.#objects.readAny(digest);
  }

  /**
   * Whether an object is there in full length, without reading it, or promised by what stands behind the store; one that
   * is damaged is set aside with a warning.
   */
  hasObject(digest: string): Promise<boolean> {
    return this.#objects.has(digest);
  }

  /** Brings those objects that are promised: for threads that read them with a store of their own. */
  async bring(digests: Iterable<string>): Promise<void> {
    const { upstream } = this;
    if (upstream === undefined) return;
    await atOnce(8, new Set(digests), async (digest) => {
      if (upstream.promises(digest) && !await this.#objects.hasOwn(digest)) await upstream.bring(digest);
    });
  }

  /** The record of a key. A damaged one is set aside with a warning, and reads as absent. */
  readRecord(key: string): Promise<StoreRecord | undefined> {
    return this.#records.read(key);
  }

  /** The record of a key, if every object it names is there: what {@link readRecord} gives may have lost some. */
  findRecord(key: string): Promise<StoreRecord | undefined> {
    return this.#records.find(key);
  }

  /**
   * Publishes a record, the last step of publishing a result. The first record of a key stays, so that concurrent writers
   * agree; only one whose objects are gone gives way, since it would otherwise stand in the way of every later result.
   * The result is flushed to the disk with those of the same half second; before this resolves, if computing it took
   * 0.2 seconds or more. Until then a power cut may lose it, which readers find out.
   * `replace` puts this record in the place of any other: someone asked for the result to be computed again.
   *
   * @returns the record that stands: this one, or the one that was first.
   */
  writeRecord(record: StoreRecord, options: { readonly replace?: boolean } = {}): Promise<StoreRecord> {
    return this.#records.write(record, options);
  }

  /** The note of a name; undefined if there is none. A damaged one is set aside with a warning. */
  async readNote(space: string, key: string): Promise<unknown> {
    const note = await this.#documents.read(this.#layout.note(space, key), (value) => asNote(space, key, value));
    return note?.value;
  }

  /** Writes a note, in place of an earlier one. Notes are memos: a power cut may lose the latest. */
  async writeNote(space: string, key: string, value: unknown): Promise<void> {
    const path = this.#layout.note(space, key);
    await this.#documents.write(path, { space, key, value }, { durable: false, existing: "replace" });
  }

  /** The notes of a space in the order of their keys, or in reverse; each is read when it is asked for. */
  async *listNotes(space: string, options: { readonly reverse?: boolean } = {}): AsyncGenerator<Note, void, void> {
    for (const key of await this.#documents.list(this.#layout.notes(space), options.reverse)) {
      const value = await this.readNote(space, key);
      if (value !== undefined) yield { key, value };
    }
  }

  /**
   * Takes the lease of a key without waiting; undefined if another process, or this one already, holds it. Leases tell
   * processes what others are computing; they guard nothing, as publishing a result twice is harmless. A lease is kept by
   * a timer of this thread and lasts until released; that of a process that died here is taken over at once, that of
   * another machine once it has missed some heartbeats. Once you have one, look for the record again: {@link claim} does.
   *
   * @throws StoreWriteError if the disk is full or read-only.
   */
  lease(key: string): Promise<Lease | undefined> {
    return this.#leases.take(key);
  }

  /**
   * Says that this process uses the results of keys, until {@link close}: gc will not remove them. Say so before looking
   * them up. Objects that are published while a process that said so works are not removed either.
   *
   * @throws StoreWriteError if the disk is full; a store that can only be read is told nothing.
   */
  use(keys: readonly string[]): Promise<void> {
    return this.#leases.use(keys);
  }

  /** Who holds the lease of a key; undefined if nobody does who is alive. */
  holder(key: string): Promise<Holder | undefined> {
    return this.#leases.holder(key);
  }

  /**
   * The first step of computing a key: its record if there is one by now, or else its lease, to be released once the
   * record is published; undefined if another process computes it: do something else, or {@link waitFor} it.
   *
   * @throws StoreWriteError if the disk is full or read-only.
   *
   * @example
   * ```ts
   * import { hash, Store } from "engram/cache/mod.ts";
   * const directory = await Deno.makeTempDir();
   * await using store = await Store.open(directory);
   * const key = hash("stage", "parameters");
   * const claim = await store.claim(key);
   * console.assert(claim?.lease !== undefined && await store.claim(key) === undefined);
   * // ... compute, writeTable(), writeRecord() ...
   * await claim?.lease?.release();
   * await Deno.remove(directory, { recursive: true });
   * ```
   */
  claim(key: string, options?: ClaimOptions): Promise<Claim | undefined> {
    return this.#claims.claim(key, options);
  }

  /**
   * Waits, looking less and less often, until a key has a record, which it gives, or until its lease can be had; then it
   * gives undefined, and who is first to {@link claim} has it.
   */
  waitFor(key: string, options?: WaitOptions): Promise<StoreRecord | undefined> {
    return this.#claims.waitFor(key, options);
  }

  /**
   * Resolves once every table and record that this store published is on the disk, safe from a power cut.
   *
   * @throws StoreWriteError if the disk fails.
   */
  flush(): Promise<void> {
    return this.#publisher.flush();
  }

  /** Flushes, gives back this process's leases, and ends what stands behind the store, which can be used on. */
  async close(): Promise<void> {
    await this.upstream?.close();
    await this.#leases.close();
    await this.flush();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function tell(message: string): void {
  console.warn(message);
}
