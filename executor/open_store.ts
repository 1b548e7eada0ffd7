/** @file Opens a store for the verbs that look after it; what is wrong with its folder is a wrong request. */
import { Store, StoreOpenError, type StoreOptions } from "../cache/mod.ts";
import type { RemoteOptions } from "../cache/remote/mod.ts";
import { messageOf, RequestError } from "./errors.ts";

/** Opens the store of a folder, with what stands behind it. Throws RequestError when they cannot serve as that. */
export async function openStore(folder: string, options?: StoreOptions, remote?: RemoteOptions): Promise<Store> {
  try {
    const tier = remote && await import("../cache/remote/mod.ts");
    return await Store.open(folder, { ...options, upstream: tier && await tier.remoteTier(remote) });
  } catch (cause) {
    if (cause instanceof StoreOpenError || cause instanceof Error && cause.name === "RemoteOptionsError") {
      throw new RequestError(messageOf(cause), { cause });
    }
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
