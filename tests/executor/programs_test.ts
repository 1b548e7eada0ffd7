/** @file Compiled programs in the cache folder: by code, bounded, and never damaged ones. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { programsOf } from "../../executor/programs.ts";
import { temporaryFolder } from "../temporary.ts";

const program = Uint8Array.from({ length: 1000 }, (_, i) => i);

async function names(cache: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(join(cache, "programs")), ({ name }) => name)).sort();
}

Deno.test("programsOf() gives back what it was given, to the same code alone", async () => {
  const cache = await temporaryFolder();
  const own = programsOf(cache, "a".repeat(64));
  assert.equal(await own.get("key"), undefined);
  await own.put("key", program, "train");
  assert.deepEqual(await own.get("key"), program);
  assert.equal(await own.get("other"), undefined);
  assert.equal(await programsOf(cache, "b".repeat(64)).get("key"), undefined);
});

Deno.test("programsOf() finds damage of any kind, and takes the program again", async () => {
  const cache = await temporaryFolder();
  const own = programsOf(cache, "a".repeat(64));
  await own.put("key", program, "train");
  const path = join(cache, "programs", (await names(cache))[0]!);
  const whole = await Deno.readFile(path);
  for (const at of [0, 31, 32, 500, whole.length - 1]) {
    await Deno.writeFile(path, whole.map((byte, i) => i === at ? byte ^ 1 : byte));
    assert.equal(await own.get("key"), undefined, `byte ${at}`);
  }
  for (const length of [0, 31, 32, 33, whole.length - 1]) {
    await Deno.writeFile(path, whole.slice(0, length));
    assert.equal(await own.get("key"), undefined, `${length} bytes`);
  }
  await own.put("key", program, "train");
  assert.deepEqual(await own.get("key"), program);
});

Deno.test("programsOf() forgets what was not used for longest", async () => {
  const cache = await temporaryFolder();
  const own = programsOf(cache, "a".repeat(64), 3200);
  for (const key of ["first", "second", "third"]) {
    await own.put(key, program, key);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await own.get("first");
  await new Promise((resolve) => setTimeout(resolve, 20));
  await own.put("fourth", program, "fourth");
  const known = await Promise.all(["first", "second", "third", "fourth"].map(async (key) => !!await own.get(key)));
  assert.deepEqual(known, [true, false, true, true]);
});

Deno.test("programsOf() does without a folder that it cannot write", async () => {
  const file = await Deno.makeTempFile();
  const own = programsOf(file, "a".repeat(64));
  await own.put("key", program, "train");
  assert.equal(await own.get("key"), undefined);
});
