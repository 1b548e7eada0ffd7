/** @file Run as a child process by crash_test.ts, which kills it: leases keys and publishes their results without end. */
import { hash, Store } from "engram/cache/mod.ts";
import { publish, Scores, scores } from "./helpers.ts";

const [directory, child] = Deno.args as [string, string];
const store = await Store.open(directory);
console.log("ready"); // from here on, every instant is one of writing
for (let i = 0;; i++) {
  const key = hash(child, String(i));
  const claim = await store.claim(key);
  if (i % 5 === 0) await store.writeTable(Scores, scores(i, 50_000)); // large enough to be killed in the middle of
  await publish(store, key, i);
  Deno.stdout.writeSync(new TextEncoder().encode(`published ${key}\n`));
  await claim!.lease!.release();
  await store.writeNote("progress", `child-${child}`, i);
}
