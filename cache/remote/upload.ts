/** @file Sends results: what is not there already, objects before the entry that names them. */
import { createHash } from "node:crypto";
import { atOnce } from "../at_once.ts";
import type { StoreRecord } from "../record.ts";
import type { Home } from "../upstream.ts";
import { whyBroken } from "../verify_object.ts";
import type { Blob256 } from "./action_result.ts";
import type { Client } from "./client.ts";
import { believed, decodeEntry, encodeEntry, vouch, type Vouched, withOurs } from "./entry.ts";
import type { KeyRing } from "./keys.ts";
import type { RemoteLayout } from "./layout.ts";
import type { Trust } from "./options.ts";
import { MOST_ENTRY_BYTES } from "./reader.ts";
import type { Sendable } from "./wire.ts";

/** Bytes read at a time. */
const READ_BYTES = 1 << 18;

/** Objects of one result sent at once. */
const AT_ONCE = 4;

/** What an uploader needs. */
export interface UploaderParts {
  readonly client: Client;
  readonly remote: RemoteLayout;
  readonly home: Home;
  readonly keys: KeyRing;
  readonly trust: Trust;
}

/** Sends results to a server. */
export class Uploader {
  records = 0;
  objects = 0;
  bytes = 0;
  readonly #client: Client;
  readonly #remote: RemoteLayout;
  readonly #home: Home;
  readonly #keys: KeyRing;
  readonly #trust: Trust;
  readonly #isBroken: (digest: string) => boolean;
  /** Blobs by digest, of files that were hashed; those that are known to be there. */
  readonly #blobs = new Map<string, Blob256>();
  readonly #there = new Set<string>();
  readonly #sending = new Map<string, Promise<Blob256 | undefined>>();

  /** @param isBroken whether the server's blob of an object was seen to be missing or damaged */
  constructor(
    { client, remote, home, keys, trust }: UploaderParts,
    isBroken: (digest: string) => boolean,
  ) {
    this.#client = client;
    this.#remote = remote;
    this.#home = home;
    this.#keys = keys;
    this.#trust = trust;
    this.#isBroken = isBroken;
  }

  /**
   * Sends the result of a key, unless one that is believed is there.
   *
   * @returns whether it was missing. Throws RemoteError.
   */
  async send(key: string): Promise<boolean> {
    const record = await this.#home.readRecord(key);
    if (record === undefined) return false;
    const theirs = await this.#entry(key);
    const isSound = !record.items.some(({ digest }) => this.#isBroken(digest));
    if (isSound && await believed(theirs, this.#keys, this.#trust) !== undefined) return false;
    const blobs = await this.#sendObjects(record);
    if (blobs === undefined) return false;
    const entry = encodeEntry(withOurs(await vouch({ record, blobs }, this.#keys), theirs));
    await this.#client.put(this.#remote.entry(key), {
      bytes: entry.length,
      open: async function* () {
        yield await Promise.resolve(entry);
      },
    });
    this.records++;
    return true;
  }

  /** What others put there; nothing where that cannot be read, so that ours takes its place. */
  async #entry(key: string): Promise<readonly Vouched[]> {
    const bytes = await this.#client.get(this.#remote.entry(key), MOST_ENTRY_BYTES);
    try {
      return bytes === undefined ? [] : decodeEntry(key, bytes);
    } catch {
      return [];
    }
  }

  /** The blobs of a record, all of them there; undefined where an object is gone from here, or damaged. */
  async #sendObjects({ items }: StoreRecord): Promise<readonly Blob256[] | undefined> {
    const blobs = new Map<string, Blob256>();
    await atOnce(AT_ONCE, new Set(items.map(({ digest }) => digest)), async (digest) => {
      const blob = await this.#sendOnce(digest);
      if (blob !== undefined) blobs.set(digest, blob);
    });
    const all = items.map(({ digest }) => blobs.get(digest));
    return all.every((blob) => blob !== undefined) ? all : undefined;
  }

  /** Results that share an object wait for one sending of it. */
  #sendOnce(digest: string): Promise<Blob256 | undefined> {
    const sending = this.#sending.get(digest) ?? this.#sendObject(digest);
    this.#sending.set(digest, sending);
    return sending.finally(() => this.#sending.delete(digest));
  }

  async #sendObject(digest: string): Promise<Blob256 | undefined> {
    const path = this.#home.layout.object(digest);
    const blob = this.#blobs.get(digest) ?? await this.#hash(path, digest);
    if (blob === undefined || this.#there.has(blob.sha256)) return blob;
    const url = this.#remote.blob(blob.sha256);
    if (this.#isBroken(digest) || !await this.#client.has(url)) {
      await this.#client.put(url, fileBody(path, blob.bytes));
      this.objects++;
      this.bytes += blob.bytes;
    }
    this.#there.add(blob.sha256);
    return blob;
  }

  async #hash(path: string, digest: string): Promise<Blob256 | undefined> {
    try {
      // A damaged file is not given to others, who would find it out, and have nothing.
      if (await whyBroken(path, digest) !== undefined) return undefined;
      const hash = createHash("sha256");
      let bytes = 0;
      for await (const piece of piecesOf(path)) {
        hash.update(piece);
        bytes += piece.length;
      }
      const blob = { sha256: hash.digest("hex"), bytes };
      this.#blobs.set(digest, blob);
      return blob;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined; // gc
      throw error;
    }
  }
}

function fileBody(path: string, bytes: number): Sendable {
  return { bytes, open: () => piecesOf(path) };
}

/** The bytes of a file; each piece is its own, as a socket may still hold the one before. */
async function* piecesOf(path: string): AsyncGenerator<Uint8Array, void, void> {
  using file = await Deno.open(path);
  for (;;) {
    const piece = new Uint8Array(READ_BYTES);
    const count = await file.read(piece);
    if (count === null) return;
    yield piece.subarray(0, count);
  }
}
