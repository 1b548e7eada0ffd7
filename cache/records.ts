/** @file The `records/` of a store: what keys led to, here or at what stands behind the store. */
import type { Documents } from "./documents.ts";
import type { Layout } from "./layout.ts";
import type { Objects } from "./objects.ts";
import type { Publisher } from "./publisher.ts";
import { asRecord, type StoreRecord } from "./record.ts";
import type { Upstream } from "./upstream.ts";

/** A flush takes about a millisecond: a result that took longer than this to compute is worth one of its own. */
const WORTH_FLUSHING_SECONDS = 0.2;

/** Reads and writes records. */
export class Records {
  /** Where records are looked for that are not here. */
  upstream: Upstream | undefined;
  readonly #layout: Layout;
  readonly #documents: Documents;
  readonly #objects: Objects;
  readonly #publisher: Publisher;

  constructor(layout: Layout, documents: Documents, objects: Objects, publisher: Publisher) {
    this.#layout = layout;
    this.#documents = documents;
    this.#objects = objects;
    this.#publisher = publisher;
  }

  /** The record that is here. */
  readOwn(key: string): Promise<StoreRecord | undefined> {
    return this.#documents.read(this.#layout.record(key), (value) => asRecord(key, value));
  }

  /** The record that is here, or else the one behind the store. */
  read(key: string): Promise<StoreRecord | undefined> {
    const { upstream } = this;
    const own = this.readOwn(key);
    return upstream === undefined ? own : own.then((record) => record ?? upstream.record(key));
  }

  /** The record all whose objects are here, or promised. */
  async find(key: string): Promise<StoreRecord | undefined> {
    const own = await this.#findOwn(key);
    if (own !== undefined || this.upstream === undefined) return own;
    const other = await this.upstream.record(key);
    return other !== undefined && await this.#isComplete(other) ? other : undefined;
  }

  /** Publishes a record; see {@link Store.writeRecord}. */
  async write(record: StoreRecord, options: { readonly replace?: boolean }): Promise<StoreRecord> {
    const path = this.#layout.record(asRecord(record.key, record).key);
    if (options.replace || !await this.keep(record)) {
      const first = options.replace ? undefined : await this.#findOwn(record.key);
      if (first !== undefined) return first;
      await this.#documents.write(path, record, { durable: true, existing: "replace" });
    }
    if (record.cost.seconds > WORTH_FLUSHING_SECONDS) await this.#publisher.flush();
    await this.upstream?.share(record.key);
    return record;
  }

  /** Publishes a record unless there is one; whether it did. */
  keep(record: StoreRecord): Promise<boolean> {
    return this.#documents.write(this.#layout.record(record.key), record, { durable: true, existing: "keep" });
  }

  async #findOwn(key: string): Promise<StoreRecord | undefined> {
    const record = await this.readOwn(key);
    return record !== undefined && await this.#isComplete(record) ? record : undefined;
  }

  async #isComplete(record: StoreRecord): Promise<boolean> {
    for (const { digest } of record.items) if (!await this.#objects.has(digest)) return false;
    return true;
  }
}
