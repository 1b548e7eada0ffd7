/** @file A second process that trains reads the compiled program of the first one from the cache folder. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { temporaryFolder } from "../temporary.ts";

const root = new URL("../..", import.meta.url).pathname;

/** Trains on a cache in a process of its own; returns the digests of what its nodes made. */
async function trainIn(cache: string): Promise<Record<string, string>> {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "cli/main.ts", "run", "tests/executor/fixtures/exported.ts", "--preset", "tiny"],
      ...["--only", "cnn/train", "--cache", cache, "--out", `${cache}/out`, "--data", cache],
      ...["--device", "cpu", "--jobs", "1", "--json", "--no-check"],
    ],
    cwd: root,
    stdout: "piped",
    stderr: "piped",
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout)) as {
    nodes: { id: string; status: string; digest: string }[];
  };
  assert(nodes.every(({ status }) => status === "ran"), "a fresh store knows no result");
  return Object.fromEntries(nodes.map(({ id, digest }) => [id, digest]));
}

/** Programs in a cache folder: which file, and when it was last used. */
async function programsIn(cache: string): Promise<Record<string, { file: number | null; used: number }>> {
  const folder = join(cache, "programs");
  const found: Record<string, { file: number | null; used: number }> = {};
  for await (const { name } of Deno.readDir(folder)) {
    const { ino, mtime } = await Deno.stat(join(folder, name));
    found[name] = { file: ino, used: mtime!.getTime() };
  }
  return found;
}

Deno.test("a second cold training loads the compiled program instead of compiling, and makes the same models", async () => {
  const [first, second] = [await temporaryFolder(), await temporaryFolder()];
  const made = await trainIn(first);
  const names = Object.keys(await programsIn(first));
  assert.equal(names.length, 1);
  await Deno.mkdir(join(second, "programs"));
  const long = new Date("2001-01-01");
  for (const name of names) {
    await Deno.copyFile(join(first, "programs", name), join(second, "programs", name));
    await Deno.utime(join(second, "programs", name), long, long);
  }
  const before = await programsIn(second);
  assert.deepEqual(await trainIn(second), made);
  const after = await programsIn(second);
  assert.deepEqual(Object.keys(after), names);
  for (const name of names) {
    // One that is compiled is a new file; one that is read is marked as used.
    assert.equal(after[name]!.file, before[name]!.file);
    assert(after[name]!.used > before[name]!.used, "nobody read the program");
  }
});
