/** @file Runs on stores that can only be read, and on disks that are full. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { digests } from "./_support.ts";
import { filesUnder, serially, start, withFolder } from "./_stress.ts";

/** Whether a small file system can be mounted here: only root may, and not in every container. */
const MOUNTS = Deno.build.os === "linux" && Deno.uid() === 0 && await tryMount();
const NAME = MOUNTS ? "" : " (skipped: no right to mount a small file system here)";

async function system(...[program, ...args]: [string, ...string[]]): Promise<boolean> {
  return (await new Deno.Command(program, { args, stdout: "null", stderr: "null" }).output()).success;
}

async function tryMount(): Promise<boolean> {
  const directory = await Deno.makeTempDir();
  const mounted = await system("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", directory).catch(() => false);
  if (mounted) await system("umount", directory);
  await Deno.remove(directory);
  return mounted;
}

/** Runs a test with a small disk mounted at `disk` of a folder. */
async function withDisk(size: string, test: (folder: string, cache: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const disk = join(folder, "disk");
    await Deno.mkdir(disk);
    assert.ok(await system("mount", "-t", "tmpfs", "-o", `size=${size}`, "tmpfs", disk));
    try {
      await test(folder, join(disk, "cache"));
    } finally {
      await system("umount", "-l", disk);
    }
  });
}

Deno.test({
  name: `run() on a read-only store serves what is there, says that it cannot write, and fails where it has to${NAME}`,
  ignore: !MOUNTS,
  fn: () =>
    withDisk("16m", async (folder, cache) => {
      const out = ["--out", join(folder, "out")];
      const first = await start(cache, {}, out).ended;
      assert.equal(first.code, 0, first.stderr);
      await Deno.remove(join(folder, "out"), { recursive: true });
      const stored = await filesUnder(cache);
      assert.ok(await system("mount", "-o", "remount,ro", join(folder, "disk")));
      const hit = await start(cache, {}, out).ended;
      assert.equal(hit.code, 0, hit.stderr);
      assert.deepEqual(hit.report!.counts, { ran: 0, cached: 3, cutoff: 0, failed: 0, skipped: 0 });
      assert.deepEqual(digests(hit.report!), digests(first.report!));
      assert.match(hit.stderr, /Cannot write the store ".*" \(EROFS\): what it holds is used, but nothing new is kept/);
      assert.match(await Deno.readTextFile(join(folder, "out/tally.txt")), /^4 parts, 12\n/);
      const miss = await start(cache, { by: 3 }, out).ended;
      assert.equal(miss.code, 1, miss.stderr);
      assert.equal(miss.report!.error!.node, "work");
      assert.match(
        miss.report!.error!.message,
        /Cannot write .*: the file system is read-only; .*choose a store on a disk/,
      );
      assert.doesNotMatch(miss.stderr, /^ {4}at /m, "no stack");
      const strict = await start(cache, {}, [...out, "--strict"]).ended;
      assert.equal(strict.code, 1, "that nothing is kept is a warning, and --strict makes it an error");
      assert.deepEqual(await filesUnder(cache), stored);
    }),
});

Deno.test({
  name: `run() on a full disk fails its stage cleanly, keeps what was finished, and goes on once there is room${NAME}`,
  ignore: !MOUNTS,
  fn: () =>
    withDisk("3m", async (folder, cache) => {
      const params = { n: 12, size: 20_000 }; // 160 kB a branch: 12 of them and a filler do not fit
      const filler = join(folder, "disk/filler");
      await Deno.writeFile(filler, new Uint8Array(2 << 20));
      const full = await start(cache, params, ["--out", join(folder, "out")]).ended;
      assert.equal(full.code, 1, full.stderr);
      assert.equal(full.report!.error!.node, "work");
      assert.match(
        full.report!.error!.message,
        /Cannot write ".*": the disk is full; nothing partial was left, free some/,
      );
      assert.doesNotMatch(full.stderr, /^ {4}at /m, "no stack");
      const { ran, failed } = full.report!.nodes.find(({ id }) => id === "work")!.branches;
      assert.ok(ran > 0 && failed > 0 && ran + failed === 12, `${ran} ran, ${failed} failed`);
      await Deno.remove(filler);
      const room = await start(cache, params, ["--out", join(folder, "out")]).ended;
      assert.equal(room.code, 0, room.stderr);
      const branches = { total: 12, ran: failed, cached: ran, failed: 0 };
      assert.deepEqual(room.report!.nodes.find(({ id }) => id === "work")!.branches, branches);
      assert.deepEqual(digests(room.report!), digests(await serially(join(folder, "serial"), params)));
    }),
});

Deno.test({
  name: `run() serves what is cached although the disk is full to the last byte${NAME}`,
  ignore: !MOUNTS,
  fn: () =>
    withDisk("3m", async (folder, cache) => {
      const out = ["--out", join(folder, "out")];
      const first = await start(cache, {}, out).ended;
      assert.equal(first.code, 0, first.stderr);
      await assert.rejects(Deno.writeFile(join(folder, "disk/filler"), new Uint8Array(4 << 20)));
      const hit = await start(cache, {}, out).ended;
      assert.equal(hit.code, 0, hit.stderr);
      assert.deepEqual(hit.report!.counts, { ran: 0, cached: 3, cutoff: 0, failed: 0, skipped: 0 });
      assert.deepEqual(digests(hit.report!), digests(first.report!));
      assert.match(hit.stderr, /warning: Cannot write .*: the disk is full/);
    }),
});
