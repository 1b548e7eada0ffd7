/**
 * @file What gc keeps whatever the limits, and why. It marks conservatively: every text of 64 hexadecimal digits in a
 * root is taken for a key or a digest, so this room needs not know what a run writes down of itself.
 */
import type { Inventory } from "./gc_inventory.ts";
import type { Activity } from "./owner.ts";
import type { Store } from "./store.ts";

/** Why something is kept; the first that holds. */
export type KeptReason = "pinned" | "run" | "in use" | "young" | "within the limits";

/** Space of notes that name what a run made; the newest comes last in the order of keys. */
export const RUNS = "runs";
/** Space of notes each of which names results that are to be kept for ever. */
export const PINS = "pins";
/** Space of notes that list, under the key of a mapped stage, the keys of its branches. */
export const BRANCHES = "branches";

/** What is kept. */
export interface Roots {
  readonly records: ReadonlyMap<string, KeptReason>;
  readonly objects: ReadonlyMap<string, KeptReason>;
}

/** What decides over roots. */
export interface RootOptions {
  readonly keepLast: number;
  readonly pinned: readonly string[];
  readonly graceMs: number;
}

/** Finds what is kept. */
export async function findRoots(
  store: Store,
  inventory: Inventory,
  activity: Activity,
  nowMs: number,
  { keepLast, pinned, graceMs }: RootOptions,
): Promise<Roots> {
  const marker = new Marker(store, inventory);
  await marker.markNames("pinned", pinned);
  for await (const { value } of store.listNotes(PINS)) await marker.markNames("pinned", namesWithin(value));
  let runs = 0;
  if (keepLast > 0) {
    for await (const { value } of store.listNotes(RUNS, { reverse: true })) {
      await marker.markNames("run", namesWithin(value));
      if (++runs === keepLast) break;
    }
  }
  await marker.markNames("in use", activity.uses);
  for (const { key, ageMs } of inventory.records.values()) if (ageMs < graceMs) marker.markRecord("young", key);
  // What a running process has published so far may have no record yet.
  const busyMs = activity.sinceMs === undefined ? 0 : nowMs - activity.sinceMs;
  for (const { digest, ageMs } of inventory.objects.values()) {
    if (ageMs < graceMs) marker.markObject("young", digest);
    else if (ageMs <= busyMs) marker.markObject("in use", digest);
  }
  return marker;
}

class Marker implements Roots {
  readonly records = new Map<string, KeptReason>();
  readonly objects = new Map<string, KeptReason>();
  /** Names of lists of branches that were followed. */
  readonly #followed = new Set<string>();
  readonly #store: Store;
  readonly #inventory: Inventory;
  /** Keys of records by the digest of their result. */
  readonly #makers = new Map<string, string[]>();

  constructor(store: Store, inventory: Inventory) {
    this.#store = store;
    this.#inventory = inventory;
    for (const { key, digest } of inventory.records.values()) {
      const makers = this.#makers.get(digest);
      if (makers === undefined) this.#makers.set(digest, [key]);
      else makers.push(key);
    }
  }

  /** Marks whatever has one of the names: a record by its key, an object, the records that lead to a digest. */
  async markNames(reason: KeptReason, names: Iterable<string>): Promise<void> {
    for (const name of names) {
      this.markRecord(reason, name);
      this.markObject(reason, name);
      for (const key of this.#makers.get(name) ?? []) this.markRecord(reason, key);
      if (!HEX.test(name) || this.#inventory.records.has(name) || this.#followed.has(name)) continue;
      this.#followed.add(name);
      await this.markNames(reason, namesWithin(await this.#store.readNote(BRANCHES, name)));
    }
  }

  markRecord(reason: KeptReason, key: string): void {
    const record = this.#inventory.records.get(key);
    if (record === undefined || this.records.has(key)) return;
    this.records.set(key, reason);
    for (const digest of record.objects) this.markObject(reason, digest);
  }

  markObject(reason: KeptReason, digest: string): void {
    if (this.#inventory.objects.has(digest) && !this.objects.has(digest)) this.objects.set(digest, reason);
  }
}

const HEX = /^[0-9a-f]{64}$/;

/** All texts of 64 hexadecimal digits in a value, at any depth. */
export function* namesWithin(value: unknown): Generator<string, void, void> {
  if (typeof value === "string") {
    for (const [name] of value.matchAll(/\b[0-9a-f]{64}\b/g)) yield name;
  } else if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
    for (const [key, inner] of Object.entries(value)) {
      yield* namesWithin(key);
      yield* namesWithin(inner);
    }
  }
}
