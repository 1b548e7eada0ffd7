/** @file Chooses which results go when a limit is passed: cheap to compute again and large first, then the oldest. */
import type { HeldRecord, Inventory } from "./gc_inventory.ts";
import type { Roots } from "./gc_roots.ts";

/** How much may stay. */
export interface Limits {
  /** Whether everything that is no root goes. */
  readonly rootsOnly: boolean;
  /** Most bytes of records and objects; roots may be more. */
  readonly maxBytes: number | undefined;
  readonly maxAgeMs: number | undefined;
}

/** Why a record is removed. */
export type RemovedReason = "incomplete" | "not needed" | "too old" | "too much";

/** Keys of the records to remove, in the order in which they are. */
export function chooseVictims(inventory: Inventory, roots: Roots, limits: Limits): ReadonlyMap<string, RemovedReason> {
  const { records, objects } = inventory;
  const victims = new Map<string, RemovedReason>();
  // In order of keys, so that a dry run lists what a run then does, in the same order.
  const candidates = [...records.values()].filter(({ key }) => !roots.records.has(key))
    .sort((a, b) => a.key < b.key ? -1 : 1);
  for (const { key, objects: needed, ageMs } of candidates) {
    if (needed.some((digest) => !objects.has(digest))) victims.set(key, "incomplete");
    else if (limits.rootsOnly) victims.set(key, "not needed");
    else if (limits.maxAgeMs !== undefined && ageMs > limits.maxAgeMs) victims.set(key, "too old");
  }
  if (limits.maxBytes === undefined) return victims;

  // An object is freed with the last record that leads to it; one that no record leads to is removed in any case.
  const holders = new Map<string, number>();
  let bytes = 0;
  const sizeOf = (digest: string) => objects.get(digest)?.bytes ?? 0;
  for (const digest of roots.objects.keys()) {
    holders.set(digest, Infinity);
    bytes += sizeOf(digest);
  }
  for (const record of records.values()) {
    if (victims.has(record.key)) continue;
    bytes += record.bytes;
    for (const digest of record.objects) {
      const held = holders.get(digest) ?? 0;
      if (held === 0) bytes += sizeOf(digest);
      holders.set(digest, held + 1);
    }
  }
  const queue = candidates.filter(({ key }) => !victims.has(key)).map((record) => ({
    record,
    worth: worth(record, sizeOf),
  }));
  queue.sort((a, b) => a.worth - b.worth || b.record.ageMs - a.record.ageMs);
  for (const { record } of queue) {
    if (bytes <= limits.maxBytes) break;
    victims.set(record.key, "too much");
    bytes -= record.bytes;
    for (const digest of record.objects) {
      const held = holders.get(digest)! - 1;
      holders.set(digest, held);
      if (held === 0) bytes -= sizeOf(digest);
    }
  }
  return victims;
}

/** Seconds of computing that a byte saves. */
function worth({ seconds, objects, bytes }: HeldRecord, sizeOf: (digest: string) => number): number {
  return seconds / objects.reduce((sum, digest) => sum + sizeOf(digest), bytes);
}
