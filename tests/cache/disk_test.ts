import assert from "node:assert/strict";
import { hash, Store, StoreOpenError, StoreWriteError } from "engram/cache/mod.ts";
import { filesUnder, publish, Scores, scores, withFolder } from "./helpers.ts";

/** Whether a small file system can be mounted here: only root may, and not in every container. */
const MOUNTS = Deno.build.os === "linux" && Deno.uid() === 0 && await tryMount();
const NAME = MOUNTS ? "" : " (skipped: no right to mount a small file system here)";

async function run(...command: [string, ...string[]]): Promise<boolean> {
  const [program, ...args] = command;
  return (await new Deno.Command(program, { args, stdout: "null", stderr: "null" }).output()).success;
}

async function tryMount(): Promise<boolean> {
  const directory = await Deno.makeTempDir();
  const mounted = await run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", directory).catch(() => false);
  if (mounted) await run("umount", directory);
  await Deno.remove(directory);
  return mounted;
}

async function withDisk(test: (directory: string) => Promise<void>): Promise<void> {
  await withFolder(async (directory) => {
    assert.ok(await run("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", directory));
    try {
      await test(directory);
    } finally {
      await run("umount", "-l", directory);
    }
  });
}

Deno.test({
  name: `A full disk gives a StoreWriteError and leaves nothing partial${NAME}`,
  ignore: !MOUNTS,
  fn: () =>
    withDisk(async (directory) => {
      const store = await Store.open(directory);
      const record = await publish(store, hash("key"), 1);
      const before = await filesUnder(directory);
      await assert.rejects(store.writeTable(Scores, scores(2, 100_000)), (error) => {
        assert.ok(error instanceof StoreWriteError);
        assert.equal(error.code, "ENOSPC");
        assert.match(error.message, /the disk is full; nothing partial was left, free some space/);
        return true;
      });
      assert.deepEqual(await filesUnder(directory), before);
      assert.deepEqual(await store.readRecord(hash("key")), record);
      await store.writeTable(Scores, scores(3)); // what fits is still written
    }),
});

Deno.test({
  name: `A read-only disk is refused by Store.open(), and gives a StoreWriteError later${NAME}`,
  ignore: !MOUNTS,
  fn: () =>
    withDisk(async (directory) => {
      const store = await Store.open(directory);
      const record = await publish(store, hash("key"), 1);
      assert.ok(await run("mount", "-o", "remount,ro", directory));
      await assert.rejects(store.writeTable(Scores, scores(2)), { code: "EROFS", message: /read-only/ });
      assert.deepEqual(await store.readRecord(hash("key")), record);
      await assert.rejects(Store.open(directory), (error) => {
        assert.ok(error instanceof StoreOpenError);
        assert.match(error.message, /can not be written \(EROFS\)/);
        return true;
      });
    }),
});
