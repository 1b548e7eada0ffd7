/** @file Claims: get the result of a key, or the lease to compute it, or wait for whoever does. */
import { dirname } from "node:path";
import type { Lease, Leases } from "./leases.ts";
import type { Layout } from "./layout.ts";
import type { StoreRecord } from "./record.ts";

/** What a claim came to: the result is there, or it is ours to compute. */
export type Claim =
  | { readonly record: StoreRecord; readonly lease?: never }
  | { readonly lease: Lease; readonly record?: never };

/** How a claim is made. */
export interface ClaimOptions {
  /** Ask for the lease even where there is a record: the result is to be computed again. */
  readonly again?: boolean;
}

/** How to wait. */
export interface WaitOptions extends ClaimOptions {
  /** Ends the waiting early, with its reason. */
  readonly signal?: AbortSignal;
}

/** Milliseconds between looks at a key that someone else computes: little at first, then more, to spare the disk. */
const FIRST_WAIT = 10;
const LONGEST_WAIT = 1000;
const GROWTH = 1.5;

/** Finds complete records. */
type Find = (key: string) => Promise<StoreRecord | undefined>;

/** Makes claims on the keys of a store. */
export class Claims {
  readonly #layout: Layout;
  readonly #leases: Leases;
  readonly #find: Find;

  constructor(layout: Layout, leases: Leases, find: Find) {
    this.#layout = layout;
    this.#leases = leases;
    this.#find = find;
  }

  /** The record of a key, or its lease; undefined if someone else holds it. */
  async claim(key: string, { again = false }: ClaimOptions = {}): Promise<Claim | undefined> {
    const lease = await this.#leases.take(key);
    if (lease === undefined || again) return lease && { lease };
    // The last holder publishes before it releases, so what it made is to be seen now; but not in an old view of a disk.
    await refresh(dirname(this.#layout.record(key)));
    const record = await this.#find(key);
    if (record === undefined) return { lease };
    await lease.release();
    return { record };
  }

  /** Resolves with the record of a key once there is one, or with undefined once the lease can be had. */
  async waitFor(key: string, { again = false, signal }: WaitOptions = {}): Promise<StoreRecord | undefined> {
    for (let wait = FIRST_WAIT;; wait = Math.min(wait * GROWTH, LONGEST_WAIT)) {
      signal?.throwIfAborted();
      // In this order: a result that came before the release is found after it.
      const held = await this.#leases.holder(key) !== undefined;
      const record = again ? undefined : await this.#find(key);
      if (record !== undefined || !held) return record;
      await sleep(wait * (0.75 + Math.random() / 2), signal); // spread, so that those who wait do not come all at once
    }
  }
}

/** NFS may remember for a minute that a file was absent, but looks again once its folder has been opened. */
async function refresh(folder: string): Promise<void> {
  try {
    (await Deno.open(folder)).close();
  } catch {
    // Not there yet, or a system whose folders can not be opened: then there is nothing to refresh.
  }
}

async function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  const stop = () => resolve();
  signal?.addEventListener("abort", stop);
  await promise;
  signal?.removeEventListener("abort", stop);
  clearTimeout(timer);
}
