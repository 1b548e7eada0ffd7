/** @file Looks for results on the server, and brings their objects when they are needed. */
import { atOnce } from "../at_once.ts";
import type { StoreRecord } from "../record.ts";
import type { Home } from "../upstream.ts";
import type { Blob256 } from "./action_result.ts";
import type { Breaker } from "./breaker.ts";
import type { Client } from "./client.ts";
import { download } from "./download.ts";
import { believed, decodeEntry, type Located } from "./entry.ts";
import { RemoteError } from "./errors.ts";
import type { KeyRing } from "./keys.ts";
import type { RemoteLayout } from "./layout.ts";
import { Limit } from "./limit.ts";
import type { Trust } from "./options.ts";

/** An entry of 100,000 branches has about 40 MB; one that is larger is not taken. */
export const MOST_ENTRY_BYTES = 1 << 27;

/** Milliseconds until the server is asked again for what it did not have: another machine may have made it since. */
const ABSENT_MS = 60_000;

/** Requests under way at once. */
const AT_ONCE = 12;

/** Objects of one result, where all are taken. */
const AT_ONCE_EACH = 4;

/** What a reader needs. */
export interface ReaderParts {
  readonly client: Client;
  readonly breaker: Breaker;
  readonly remote: RemoteLayout;
  readonly home: Home;
  readonly keys: KeyRing;
  readonly trust: Trust;
  /** Whether the objects of a result are taken with it. */
  readonly all: boolean;
}

/** Reads results from a server. */
export class Reader {
  records = 0;
  objects = 0;
  bytes = 0;
  /** Entries that were there, and that nobody signed whom the user named. */
  strangers = 0;
  brokePromise = false;
  readonly #parts: ReaderParts;
  readonly #limit = new Limit(AT_ONCE);
  readonly #objectLimit = new Limit(AT_ONCE);
  readonly #asked = new Map<string, Promise<StoreRecord | undefined>>();
  readonly #absentMs = new Map<string, number>();
  readonly #promised = new Map<string, Blob256>();
  readonly #broken = new Set<string>();
  readonly #bringing = new Map<string, Promise<boolean>>();
  /** Records that the store does not have itself, as their objects are not all there. */
  readonly #unkept = new Map<string, StoreRecord>();
  readonly #given = new Set<string>();
  #isOn = true;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  stop(): void {
    this.#isOn = false;
    this.#promised.clear();
    this.#unkept.clear();
    this.#asked.clear();
  }

  gave(key: string): boolean {
    return this.#given.has(key);
  }

  /** Whether the server's object was seen to be missing or damaged. */
  isBroken(digest: string): boolean {
    return this.#broken.has(digest);
  }

  promises(digest: string): boolean {
    return this.#isOn && this.#promised.has(digest) && this.#parts.breaker.why === undefined;
  }

  async record(key: string): Promise<StoreRecord | undefined> {
    if (!this.#isOn || this.#parts.breaker.why !== undefined) return undefined;
    if (Date.now() - (this.#absentMs.get(key) ?? 0) < ABSENT_MS) return undefined;
    const asking = this.#asked.get(key) ?? this.#limit.run(() => this.#ask(key));
    this.#asked.set(key, asking);
    const record = await asking;
    if (record === undefined || record.items.some(({ digest }) => this.#broken.has(digest))) {
      this.#asked.delete(key);
      this.#absentMs.set(key, Date.now());
      return undefined;
    }
    return record;
  }

  bring(digest: string): Promise<boolean> {
    const blob = this.#promised.get(digest);
    if (blob === undefined || !this.#isOn) return Promise.resolve(false);
    const bringing = this.#bringing.get(digest) ?? this.#objectLimit.run(() => this.#bring(digest, blob));
    this.#bringing.set(digest, bringing);
    return bringing.finally(() => this.#bringing.delete(digest));
  }

  /** Has the store keep the records whose objects have come. */
  async settle(): Promise<void> {
    for (const [key, record] of this.#unkept) {
      if (await this.#isHere(record)) await this.#parts.home.keepRecord(record);
      this.#unkept.delete(key);
    }
  }

  async #ask(key: string): Promise<StoreRecord | undefined> {
    const { client, remote, home, keys, trust, all } = this.#parts;
    let found: Located | undefined;
    try {
      const bytes = await client.get(remote.entry(key), MOST_ENTRY_BYTES);
      if (bytes === undefined) return undefined;
      const entry = this.#decode(key, bytes);
      found = entry && await believed(entry, keys, trust);
      if (entry !== undefined && found === undefined) this.strangers++;
    } catch (error) {
      if (error instanceof RemoteError) return undefined; // which the breaker knows
      throw error;
    }
    if (found === undefined || !this.#isOn) return undefined;
    const { record, blobs } = found;
    if (record.items.some(({ digest }) => this.#broken.has(digest))) return undefined;
    record.items.forEach(({ digest }, i) => this.#promised.set(digest, blobs[i]!));
    if (all) {
      await atOnce(AT_ONCE_EACH, new Set(record.items.map(({ digest }) => digest)), async (digest) => {
        if (!await home.hasObject(digest)) await this.bring(digest);
      });
      if (!await this.#isHere(record)) return undefined;
      await home.keepRecord(record);
    } else this.#unkept.set(key, record);
    this.records++;
    this.#given.add(key);
    return record;
  }

  #decode(key: string, bytes: Uint8Array): ReturnType<typeof decodeEntry> | undefined {
    try {
      return decodeEntry(key, bytes);
    } catch (error) {
      this.#parts.breaker.damaged(`it sent an entry that cannot be used (${(error as Error).message})`);
      return undefined;
    }
  }

  async #bring(digest: string, blob: Blob256): Promise<boolean> {
    const { client, remote, home, breaker } = this.#parts;
    try {
      if (await download(client, remote, home, digest, blob)) {
        this.objects++;
        this.bytes += blob.bytes;
        return true;
      }
      breaker.damaged("it does not have objects that its entries name");
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
    }
    this.#promised.delete(digest);
    this.#broken.add(digest);
    this.brokePromise = true;
    return false;
  }

  async #isHere({ items }: StoreRecord): Promise<boolean> {
    for (const { digest } of items) if (!await this.#parts.home.hasObject(digest)) return false;
    return true;
  }
}
