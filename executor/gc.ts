/** @file gc(): frees space in a store, without breaking what kept runs need. */
import { collect, type CollectOptions, type CollectReport } from "../cache/mod.ts";
import { openExistingStore } from "./open_store.ts";

/**
 * Removes what the limits leave no room for: the cheapest to compute again for its size first.
 *
 * @throws RequestError when there is no store.
 */
export async function gc(cache: string, options: CollectOptions): Promise<CollectReport> {
  await using store = await openExistingStore(cache);
  return await collect(store, options);
}
