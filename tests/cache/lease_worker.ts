/** @file Run as a child process by the tests of leases: computes keys that its siblings compute too. */
import { hash, Store } from "engram/cache/mod.ts";
import { publish } from "./helpers.ts";

const [directory, name, keys, milliseconds] = Deno.args as [string, string, string, string];
await using store = await Store.open(directory, { leases: { beatSeconds: 0.5, purpose: name } });

/** Computes a key, or waits until it has been; a line is written for each computation that ends. */
async function obtain(key: string): Promise<void> {
  for (;;) {
    const claim = await store.claim(key);
    if (claim?.record !== undefined) return;
    if (claim === undefined) {
      if (await store.waitFor(key) !== undefined) return;
      continue;
    }
    console.log(`start ${key}`);
    await new Promise((resolve) => setTimeout(resolve, Number(milliseconds)));
    await publish(store, key, Number.parseInt(key.slice(0, 8), 16));
    console.log(`computed ${key}`);
    await claim.lease.release();
  }
}

console.log("ready");
await Promise.all(Array.from({ length: Number(keys) }, (_, i) => obtain(hash(`key ${i}`))));
