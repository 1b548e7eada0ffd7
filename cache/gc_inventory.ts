/** @file What a store holds, as gc sees it: every record with what it cost, every object with its size and age. */
import { join } from "node:path";
import { atOnce } from "./at_once.ts";
import { readTextIfThere, removeIfThere } from "./files.ts";
import type { Layout } from "./layout.ts";
import { asRecord } from "./record.ts";
import { unseal } from "./sealed_json.ts";
import { walk } from "./walk.ts";

/** A record, without its manifest. */
export interface HeldRecord {
  readonly key: string;
  readonly path: string;
  readonly type: string;
  /** Digest of the result. */
  readonly digest: string;
  /** Digests of its objects, each once. */
  readonly objects: readonly string[];
  /** What computing it took. */
  readonly seconds: number;
  readonly when: string;
  /** Size of the record's own file. */
  readonly bytes: number;
  readonly ageMs: number;
}

/** An object's file. */
export interface HeldObject {
  readonly digest: string;
  readonly path: string;
  readonly bytes: number;
  readonly ageMs: number;
}

/** All records and objects. */
export interface Inventory {
  readonly records: ReadonlyMap<string, HeldRecord>;
  readonly objects: ReadonlyMap<string, HeldObject>;
}

/** Files looked at together: enough to keep a network disk busy. */
const AT_ONCE = 16;

/** Reads the inventory. Damaged records are left out: they count as absent, and verify() sets them aside. */
export async function takeInventory(layout: Layout, nowMs: number): Promise<Inventory> {
  const records = new Map<string, HeldRecord>();
  const objects = new Map<string, HeldObject>();
  // Objects first: then a record that is found leads to objects that are either found, too, or too young to remove.
  await atOnce(AT_ONCE, walk(layout.objects, ".arrow"), async ({ path, name: digest, ours }) => {
    const held = ours ? await sizeAndAge(path, nowMs) : undefined;
    if (held !== undefined) objects.set(digest, { digest, path, ...held });
  });
  await atOnce(AT_ONCE, walk(layout.records, ".json"), async ({ path, name: key, ours }) => {
    const held = ours ? await readRecord(path, key, nowMs) : undefined;
    if (held !== undefined) records.set(key, held);
  });
  return { records, objects };
}

/** Size and age of a file; undefined if it is gone. */
export async function sizeAndAge(path: string, nowMs: number): Promise<{ bytes: number; ageMs: number } | undefined> {
  try {
    const { size, mtime } = await Deno.stat(path);
    return { bytes: size, ageMs: nowMs - Number(mtime) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The time by the clock of the store's disk, which may be another machine's. */
export async function diskTime(layout: Layout): Promise<number> {
  const path = join(layout.temporary, `clock-${crypto.randomUUID()}`);
  try {
    await Deno.writeFile(path, new Uint8Array(0), { createNew: true });
    return Number((await Deno.stat(path)).mtime);
  } catch {
    return Date.now(); // read-only or full: then the ages are only shown, or are of this machine
  } finally {
    await removeIfThere(path);
  }
}

async function readRecord(path: string, key: string, nowMs: number): Promise<HeldRecord | undefined> {
  const held = await sizeAndAge(path, nowMs);
  if (held === undefined) return undefined;
  try {
    const text = await readTextIfThere(path);
    if (text === undefined) return undefined;
    const { type, digest, items, cost, when } = asRecord(key, unseal(text));
    const objects = [...new Set(items.map((item) => item.digest))];
    return { key, path, type, digest, objects, seconds: cost.seconds, when, ...held };
  } catch {
    return undefined;
  }
}
