/**
 * @file Facts about results that outlive them: gc may remove a result, but not what was noted of it. Privacy that was spent by a
 * release is such a fact.
 */
import { DamagedObjectError, listRecords, MissingObjectError, type Store, type TableData } from "../cache/mod.ts";
import type { Manifest } from "./key.ts";
import { openExistingStore } from "./open_store.ts";

/** A result, as its record tells of it. */
export interface Result {
  /** Name of its artifact type. */
  readonly type: string;
  readonly manifest: Manifest;
}

/** What is noted of a result. */
export interface Remembered extends Result {
  readonly key: string;
  readonly when: string;
  readonly fact: unknown;
}

/** What is to be noted, and of which results. */
export interface Memory {
  /** Space of the notes; gc removes none of them. */
  readonly space: string;
  /** Whether there may be something to note: asked before a result is read. */
  readonly concerns: (result: Result) => boolean;
  /** What to note of a result, as plain JSON. */
  readonly factOf: (result: Result, items: readonly TableData[]) => unknown;
}

/**
 * What was ever noted of results on a store: of those that are there, each read once for all time, and of those that gc has
 * removed since. The list is only added to.
 *
 * @throws RequestError when there is no store.
 */
export async function remembered(cache: string, { space, concerns, factOf }: Memory): Promise<Remembered[]> {
  await using store = await openExistingStore(cache);
  const known = new Map<string, Remembered>();
  for await (const { key, value } of store.listNotes(space)) known.set(key, value as Remembered);
  for await (const { key, type, when, items, manifest: stored } of listRecords(store.directory)) {
    const manifest = stored as Manifest;
    if (known.has(key) || !concerns({ type, manifest })) continue;
    const tables = await readAll(store, items.map(({ digest }) => digest));
    if (tables === undefined) continue;
    const note = { key, type, manifest, when, fact: factOf({ type, manifest }, tables) };
    if (store.writable) await store.writeNote(space, key, note);
    known.set(key, note);
  }
  return [...known.values()];
}

/** The tables of a record; undefined where one is gone or damaged: then it is made again before anybody sees it. */
async function readAll(store: Store, digests: readonly string[]): Promise<TableData[] | undefined> {
  try {
    const tables: TableData[] = [];
    for (const digest of digests) tables.push((await store.readAnyTable(digest)).data);
    return tables;
  } catch (error) {
    if (error instanceof MissingObjectError || error instanceof DamagedObjectError) return undefined;
    throw error;
  }
}
