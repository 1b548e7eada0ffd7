/** @file Leases under contention: many processes, few keys, and killed owners. */
import assert from "node:assert/strict";
import { hash, Store } from "engram/cache/mod.ts";
import { filesUnder, withFolder } from "./helpers.ts";

const KEYS = 50;

/** A child process that computes keys. */
function start(directory: string, name: string, keys: number, milliseconds: number): Deno.ChildProcess {
  const script = new URL("./lease_worker.ts", import.meta.url).pathname;
  const args = ["run", "--no-check", "-A", script, directory, name, String(keys), String(milliseconds)];
  return new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "inherit" }).spawn();
}

/** The keys that a child says it computed. */
function computed(output: string): readonly string[] {
  return [...output.matchAll(/^computed (.*)$/gm)].map((match) => match[1]!);
}

Deno.test(`Eight processes that want the same ${KEYS} keys compute each of them once`, async () => {
  await withFolder(async (directory) => {
    const children = Array.from({ length: 8 }, (_, i) => start(directory, `child ${i}`, KEYS, 2));
    const outputs = await Promise.all(children.map((child) => child.output()));
    assert.ok(outputs.every(({ success }) => success));
    const each = outputs.map(({ stdout }) => computed(new TextDecoder().decode(stdout)));
    const expected = Array.from({ length: KEYS }, (_, i) => hash(`key ${i}`)).sort();
    assert.deepEqual(each.flat().sort(), expected);
    assert.deepEqual(await filesUnder(`${directory}/leases`), []);
    assert.deepEqual(await filesUnder(`${directory}/tmp`), []);
  });
});

Deno.test("A process that waits for one that is killed takes its lease over, and computes the key", async () => {
  await withFolder(async (directory) => {
    const victim = start(directory, "victim", 1, 60_000);
    const reader = victim.stdout.pipeThrough(new TextDecoderStream()).getReader();
    for (let text = ""; !text.includes("start");) text += (await reader.read()).value ?? "";
    const heirs = ["one", "two"].map((name) => start(directory, name, 1, 5));
    const store = await Store.open(directory);
    assert.equal((await store.holder(hash("key 0")))?.purpose, "victim");
    await new Promise((resolve) => setTimeout(resolve, 300)); // the heirs begin to wait
    assert.equal(await store.findRecord(hash("key 0")), undefined);
    victim.kill("SIGKILL");
    await reader.cancel();
    const outputs = await Promise.all(heirs.map((heir) => heir.output()));
    await victim.status;
    assert.equal(outputs.flatMap(({ stdout }) => computed(new TextDecoder().decode(stdout))).length, 1);
    assert.ok(await store.findRecord(hash("key 0")));
  });
});
