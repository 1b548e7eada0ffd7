/**
 * @file Leases: who is computing a key, so that processes that share a store also share the work. A lease is a hint, not
 * a lock: publishing is idempotent, so two holders of one lease waste time and nothing else.
 *
 * Safe on NFS: a lease is a hard link, which a server makes in one step (`open(O_EXCL)` has not always been), to the one
 * file of its owner; so a lease costs one system call, and one touch of that file is the heartbeat of all leases of a
 * process, however many. Where the reply to a link call is lost, the lease that bears our token is ours.
 *
 * A dead owner's lease is not removed but succeeded: the heir links `KEY.TOKEN`, where TOKEN names the dead owner. Of any
 * number of heirs one succeeds, and there is no instant at which the key looks free. The last of the chain holds it.
 */
import { asWriteError, linkNew, removeIfThere } from "./files.ts";
import { Watcher } from "./heartbeat.ts";
import { type Holder, readHolder } from "./holder.ts";
import type { Layout } from "./layout.ts";
import { Owner } from "./owner.ts";
import { hasDied } from "./processes.ts";
import type { Publisher, Warn } from "./publisher.ts";

/** How leases of a process are kept, and when those of others count as abandoned. */
export interface LeaseOptions {
  /** Seconds between two heartbeats of this process; 5 by default. */
  readonly beatSeconds?: number;
  /** How many of an owner's heartbeats must be missed before its leases are taken over; 3 by default. */
  readonly missedBeats?: number;
  /** What to call this process in messages of others, such as the name of a run. */
  readonly purpose?: string;
}

/** A lease of this process. Release it once the result is published, or is known to come to nothing. */
export interface Lease extends AsyncDisposable {
  readonly key: string;
  /** Gives the lease back; does nothing the second time, or if another process took it over. */
  release(): Promise<void>;
}

/** One lease of a chain: its file, and whose it is. */
interface Link {
  readonly path: string;
  readonly holder: Holder;
}

/** Times to look again where others are faster every time; then someone else has the lease, for certain. */
const ATTEMPTS = 8;

/** The leases of a store, as one process sees them. Make one for a process, on a thread that stages do not block. */
export class Leases {
  readonly #layout: Layout;
  readonly #publisher: Publisher;
  readonly #warn: Warn;
  readonly #beatSeconds: number;
  readonly #missedBeats: number;
  readonly #purpose: string;
  readonly #watcher = new Watcher();
  /** Keys whose leases this process holds, or is trying to get. */
  readonly #held = new Map<string, Lease | undefined>();
  #owner: Promise<Owner> | undefined;

  constructor(layout: Layout, publisher: Publisher, warn: Warn, options: LeaseOptions = {}) {
    this.#layout = layout;
    this.#publisher = publisher;
    this.#warn = warn;
    this.#beatSeconds = options.beatSeconds ?? 5;
    this.#missedBeats = options.missedBeats ?? 3;
    this.#purpose = options.purpose ?? "";
  }

  /** Takes the lease of a key; undefined if another, or this process already, holds it. */
  async take(key: string): Promise<Lease | undefined> {
    const root = this.#layout.lease(key);
    this.#publisher.checkWritable(root);
    if (this.#held.has(key)) return undefined;
    this.#held.set(key, undefined);
    let lease: Lease | undefined;
    try {
      const owner = await this.#begin();
      if (await this.#acquire(root, owner)) this.#held.set(key, lease = this.#lease(key, root, owner));
    } catch (cause) {
      this.#owner = undefined; // its file may be what is missing: the next attempt makes a new one
      throw asWriteError(root, cause);
    } finally {
      if (lease === undefined) this.#held.delete(key);
    }
    return lease;
  }

  /** Tells gc which results this process uses, until close(). */
  async use(keys: readonly string[]): Promise<void> {
    if (this.#publisher.readOnly !== undefined) return; // gc may be told by nobody who can not write
    for (const key of keys) this.#layout.lease(key); // checks it
    try {
      await (await this.#begin()).use(keys);
    } catch (cause) {
      this.#owner = undefined;
      throw asWriteError(this.#layout.owners, cause);
    }
  }

  /** Who holds the lease of a key; undefined if nobody does, or its owner is gone. */
  async holder(key: string): Promise<Holder | undefined> {
    const last = (await this.#chain(this.#layout.lease(key))).at(-1);
    return last === undefined || await this.#isAbandoned(last) ? undefined : last.holder;
  }

  /** Gives back every lease of this process, and stops its heartbeat. */
  async close(): Promise<void> {
    await Promise.all([...this.#held.values()].map((lease) => lease?.release()));
    const owner = this.#owner;
    this.#owner = undefined;
    await (await owner)?.end();
  }

  /** Makes the file that stands for this process, once. */
  #begin(): Promise<Owner> {
    return this.#owner ??= Owner.begin(
      this.#layout,
      { purpose: this.#purpose, beatSeconds: this.#beatSeconds },
      (cause) => {
        this.#warn(
          `Cannot keep the leases of this process, so others may repeat its work: ${(cause as Error).message}`,
        );
        this.#owner = undefined;
      },
    );
  }

  /** Whether the lease could be had: false if someone else holds it. */
  async #acquire(root: string, owner: Owner): Promise<boolean> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (await this.#link(owner, root)) return true;
      const last = (await this.#chain(root)).at(-1);
      if (last === undefined) continue; // released meanwhile
      if (!await this.#isAbandoned(last)) return false;
      const path = successor(root, last.holder);
      if (!await this.#link(owner, path)) continue;
      // Another heir may have come and gone since we looked: then the chain no longer leads to us.
      if ((await this.#chain(root)).at(-1)?.holder.token === owner.token) return true;
      await removeIfThere(path);
    }
    return false;
  }

  async #link(owner: Owner, path: string): Promise<boolean> {
    if (await linkNew(owner.path, path, owner.content)) return true;
    return (await readHolder(path))?.token === owner.token; // it was made, but the server's reply was lost
  }

  #lease(key: string, root: string, { token }: Owner): Lease {
    const release = async () => {
      if (this.#held.get(key) !== lease) return;
      const chain = await this.#chain(root);
      if (chain.at(-1)?.holder.token === token) {
        // From the root: what is left of a chain without one is no lease, so the key is free at once.
        for (const link of chain) await removeIfThere(link.path);
      }
      this.#held.delete(key);
    };
    const lease: Lease = { key, release, [Symbol.asyncDispose]: release };
    return lease;
  }

  /** The lease of a key and those that succeeded it, in order. */
  async #chain(root: string): Promise<readonly Link[]> {
    const chain: Link[] = [];
    let path = root;
    for (;;) {
      const holder = await readHolder(path);
      if (holder === undefined || chain.some((link) => link.path === path)) return chain;
      chain.push({ path, holder });
      path = successor(root, holder);
    }
  }

  async #isAbandoned({ path, holder }: Link): Promise<boolean> {
    if (holder.damaged) return await this.#hasStopped(path, holder);
    return hasDied(holder) || await this.#hasStopped(this.#layout.owner(holder.token), holder);
  }

  async #hasStopped(path: string, holder: Holder): Promise<boolean> {
    const seconds = holder.damaged ? this.#beatSeconds : holder.beatSeconds;
    const missed = await this.#watcher.missedBeats(path, 1000 * seconds);
    return missed === undefined || missed >= this.#missedBeats;
  }
}

function successor(root: string, { token }: Holder): string {
  return `${root}.${token}`;
}
