/** @file The store after its writers were killed in mid-write. */
import assert from "node:assert/strict";
import { Store } from "engram/cache/mod.ts";
import { filesUnder, withFolder } from "./helpers.ts";

const KILLS = 6;

/** Starts a writer, lets it work for some milliseconds, and kills it with no chance to clean up. */
async function writeAndKill(directory: string, name: string, milliseconds: number): Promise<void> {
  const script = new URL("./crash_writer.ts", import.meta.url).pathname;
  const args = ["run", "--no-check", "-A", script, directory, name];
  const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "inherit" }).spawn();
  const reader = child.stdout.getReader();
  await reader.read(); // "ready"
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  child.kill("SIGKILL");
  await child.status;
  await reader.cancel();
}

/** Reads all there is: every object named in objects/ must be whole, every record must lead to objects. */
async function checkAll(directory: string): Promise<{ objects: number; records: number }> {
  const warnings: string[] = [];
  const store = await Store.open(directory, { warn: (message) => warnings.push(message) });
  const names = async (folder: string) =>
    (await filesUnder(`${directory}/${folder}`)).map((path) => path.split("/")[1]!);
  const objects = await names("objects");
  for (const name of objects) await store.readAnyTable(name.replace(".arrow", ""));
  const records = await names("records");
  for (const name of records) {
    const record = await store.readRecord(name.replace(".json", ""));
    for (const { digest } of record!.items) assert.ok(await store.hasObject(digest), "a record came before its object");
  }
  await Array.fromAsync(store.listNotes("progress"));
  assert.deepEqual(warnings, []);
  return { objects: objects.length, records: records.length };
}

Deno.test(`A store stays valid when its writers are killed ${KILLS} times in mid-write`, async () => {
  await withFolder(async (directory) => {
    let last = { objects: 0, records: 0 };
    for (let kill = 0; kill < KILLS; kill += 2) {
      // Two at a time, so that writers are killed beside one that goes on.
      await Promise.all([kill, kill + 1].map((child) => writeAndKill(directory, String(child), Math.random() * 150)));
      last = await checkAll(directory);
    }
    assert.ok(last.objects > 0 && last.records > 0, "the writers were killed before they wrote anything");
    assert.deepEqual(await filesUnder(`${directory}/damaged`), []);
  });
});
