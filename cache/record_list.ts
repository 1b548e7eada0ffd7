/** @file All records of a store, one at a time: to look for results by what they are, not by their key. */
import { readTextIfThere } from "./files.ts";
import { Layout } from "./layout.ts";
import { asRecord, type StoreRecord } from "./record.ts";
import { unseal } from "./sealed_json.ts";
import { walk } from "./walk.ts";

/**
 * The records in a store's directory, in no order; damaged ones are left out, and verify() sets them aside.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { listRecords } from "engram/cache/mod.ts";
 * const directory = await Deno.makeTempDir();
 * assert.deepEqual(await Array.fromAsync(listRecords(directory)), []);
 * await Deno.remove(directory, { recursive: true });
 * ```
 */
export async function* listRecords(directory: string): AsyncGenerator<StoreRecord, void, void> {
  for await (const { path, name: key, ours } of walk(new Layout(directory).records, ".json")) {
    const record = ours ? await readIfSound(path, key) : undefined;
    if (record !== undefined) yield record;
  }
}

async function readIfSound(path: string, key: string): Promise<StoreRecord | undefined> {
  const text = await readTextIfThere(path);
  try {
    return text === undefined ? undefined : asRecord(key, unseal(text));
  } catch {
    return undefined;
  }
}
