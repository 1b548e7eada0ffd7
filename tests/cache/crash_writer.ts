/** @file Run as a child process by crash_test.ts, which kills it: publishes tables and records without end. */
import { hash, Store } from "engram/cache/mod.ts";
import { publish, Scores, scores } from "./helpers.ts";

const [directory, child] = Deno.args as [string, string];
const store = await Store.open(directory);
for (let i = 0;; i++) {
  await store.writeTable(Scores, scores(i, 50_000)); // large enough to be killed in the middle of
  await publish(store, hash(child, String(i % 20)), i);
  await store.writeNote("progress", `child-${child}`, i);
  if (i === 0) console.log("ready"); // from here on, every instant is one of writing
}
