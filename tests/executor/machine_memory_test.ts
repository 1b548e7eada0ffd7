/** @file How much memory a process may use, by made-up control groups. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { type Places, usableMemory } from "../../executor/machine_memory.ts";
import { temporaryFolder } from "../temporary.ts";

/** A machine whose kernel tells this. */
async function kernel(groups: string, files: Readonly<Record<string, string>>): Promise<Places> {
  const folder = await temporaryFolder();
  await Deno.writeTextFile(join(folder, "groups"), groups);
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(dirname(join(folder, "mount", path)), { recursive: true });
    await Deno.writeTextFile(join(folder, "mount", path), text);
  }
  return { groups: join(folder, "groups"), mount: join(folder, "mount") };
}

Deno.test("usableMemory() is the least limit of a group and of those around it, of the second version", async () => {
  const places = await kernel("0::/jobs/mine\n", {
    "jobs/mine/memory.max": "max\n",
    "jobs/memory.max": "3000\n",
    "memory.max": "4000\n",
  });
  assert.equal(usableMemory(10_000, places), 3000);
  assert.equal(usableMemory(2000, places), 2000);
});

Deno.test("usableMemory() reads groups of the first version, whose largest number is no limit", async () => {
  const lines = "5:cpu,cpuacct:/other\n4:memory:/jobs/mine\n1:name=systemd:/\n0::/\n";
  const none = "9223372036854771712\n";
  const free = await kernel(lines, { "memory/jobs/mine/memory.limit_in_bytes": none });
  assert.equal(usableMemory(10_000, free), 10_000);
  const bound = await kernel(lines, {
    "memory/jobs/mine/memory.limit_in_bytes": "700\n",
    "memory/memory.limit_in_bytes": none,
    "cpu/other/memory.limit_in_bytes": "5\n",
  });
  assert.equal(usableMemory(10_000, bound), 700);
});

Deno.test("usableMemory() finds a container's own group where its path is not mounted, and both versions at once", async () => {
  const container = await kernel("0::/docker/abc\n", { "memory.max": "512\n" });
  assert.equal(usableMemory(10_000, container), 512);
  const both = await kernel("4:memory:/\n0::/a\n", {
    "memory/memory.limit_in_bytes": "900\n",
    "unified/a/memory.max": "800\n",
  });
  assert.equal(usableMemory(10_000, both), 800);
});

Deno.test("usableMemory() is the machine's where there are no groups, and no more than it on this machine", () => {
  assert.equal(usableMemory(10_000, { groups: "/nowhere/groups", mount: "/nowhere" }), 10_000);
  const here = usableMemory();
  assert(here > 0 && here <= Deno.systemMemoryInfo().total);
});
