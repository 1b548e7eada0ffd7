/** @file Opens a store for the verbs that look after it; what is wrong with its folder is a wrong request. */
import { Store, StoreOpenError, type StoreOptions } from "../cache/mod.ts";
import { messageOf, RequestError } from "./errors.ts";

/** Opens the store of a folder. Throws RequestError when it cannot serve as one. */
export async function openStore(folder: string, options?: StoreOptions): Promise<Store> {
  try {
    return await Store.open(folder, options);
  } catch (cause) {
    if (cause instanceof StoreOpenError) throw new RequestError(messageOf(cause), { cause });
    throw cause;
  }
}

/** Opens a store that is there already: a mistyped folder is not made, and not found empty and in order. */
export async function openExistingStore(folder: string, options?: StoreOptions): Promise<Store> {
  try {
    await Deno.stat(folder);
  } catch (cause) {
    throw new RequestError(`Cannot find the store "${folder}": there is no such folder; give another with --cache`, {
      cause,
    });
  }
  return await openStore(folder, options);
}
