/** @file Writers killed at random instants: the store stays valid, and nothing published is lost. */
import assert from "node:assert/strict";
import { Store, verify } from "engram/cache/mod.ts";
import { filesUnder, withFolder } from "./helpers.ts";

/** Kills altogether: so many stores, so many rounds in each, so many writers killed beside each other in a round. */
const [STORES, ROUNDS, WRITERS] = [5, 5, 4];

/** Starts a writer, kills it at some instant with no chance to clean up, and returns the keys that it published. */
async function writeAndKill(directory: string, name: string): Promise<readonly string[]> {
  const script = new URL("./crash_writer.ts", import.meta.url).pathname;
  const args = ["run", "--no-check", "-A", script, directory, name];
  const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "inherit" }).spawn();
  let output = "";
  const started = Promise.withResolvers<void>();
  const reading = (async () => {
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      output += text;
      started.resolve();
    }
  })();
  await started.promise;
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 250));
  child.kill("SIGKILL");
  await child.status;
  await reading;
  return [...output.matchAll(/^published (.{64})$/gm)].map((match) => match[1]!);
}

Deno.test(`A store survives ${STORES * ROUNDS * WRITERS} kills in mid-write: it stays sound, and keeps what was published`, async () => {
  let published = 0;
  let traces = 0;
  for (let trial = 0; trial < STORES; trial++) {
    await withFolder(async (directory) => {
      const warnings: string[] = [];
      const keys: string[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const writers = Array.from({ length: WRITERS }, (_, i) => writeAndKill(directory, `${round}-${i}`));
        for (const each of await Promise.all(writers)) keys.push(...each);
        const store = await Store.open(directory, { warn: (message) => warnings.push(message) });
        const { damaged, incomplete, records } = await verify(store);
        assert.deepEqual({ damaged, incomplete, warnings }, { damaged: [], incomplete: [], warnings: [] });
        assert.ok(records >= keys.length);
        for (const key of keys) assert.ok(await store.findRecord(key), "a result was lost");
        // What the dead were working on can be had at once.
        const leases = (await filesUnder(`${directory}/leases`)).filter((name) => /^[0-9a-f]{64}$/.test(name));
        for (const key of leases) assert.ok(await store.lease(key), "the lease of a dead process is in the way");
        traces += leases.length + (await filesUnder(`${directory}/tmp`)).length;
        await store.close();
      }
      published += keys.length;
    });
  }
  assert.ok(published > 100 && traces > 0, `${published} results, ${traces} traces: no kill hit anything`);
});
