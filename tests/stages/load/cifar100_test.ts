/** @file CIFAR-100: its tarball and its binary format. */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CIFAR100 } from "../../../stages/load/cifar100_files.ts";
import * as stages from "../../../stages/load/mod.ts";
import { filePair } from "../../../stages/load/own_pair.ts";
import { SVHN } from "../../../stages/load/svhn_files.ts";
import { tarEntries } from "../../../stages/load/tar_entries.ts";
import { fixtureBytes, load, pixelsOf } from "./fixture.ts";
import { recordingContext, runSource, withFolder } from "./support.ts";

/** Unpacks the fixture's two files, changed as told, and gives their paths. */
async function own(folder: string, change: (train: Uint8Array) => Uint8Array = (train) => train) {
  const files = await tarEntries(await fixtureBytes("cifar-100-binary.tar.gz"), ["train.bin", "test.bin"]);
  const [trainFile, testFile] = [join(folder, "train.bin"), join(folder, "test.bin")];
  await writeFile(trainFile, change(files.get("train.bin")!));
  await writeFile(testFile, files.get("test.bin")!);
  return { trainFile, testFile };
}

Deno.test("load.cifar100() reads pixels and fine labels", () =>
  withFolder(async (folder) => {
    const data = await load(stages.cifar100({ ...await own(folder), pick: "first" }));
    assert.deepEqual(data.x.shape, [5, 32, 32, 3]);
    assert.deepEqual([...data.x.data], [5, 21, 99, 42, 7].flatMap((n) => pixelsOf(n, 32, 32, 3)));
    assert.deepEqual([...data.y], [5, 21, 99, 42, 7]);
    assert.deepEqual(data.split, ["train", "train", "train", "test", "test"]);
  }));

Deno.test("load.cifar100() reads coarse labels, with the same ids", () =>
  withFolder(async (folder) => {
    const data = await load(stages.cifar100({ ...await own(folder), labels: "coarse" }));
    assert.deepEqual([...data.y], [5, 1, 19, 2, 7]);
    assert.deepEqual([...data.id], [0, 1, 2, 3, 4]);
  }));

Deno.test("load.cifar100() refuses files that are cut off, and labels that are none", () =>
  withFolder(async (folder) => {
    const cut = stages.cifar100(await own(folder, (train) => train.subarray(0, 4000)));
    await assert.rejects(
      load(cut),
      /^RangeError: Cannot read ".*train.bin" as CIFAR-100: its 4000 bytes are no whole rec/,
    );
    const bad = stages.cifar100(await own(folder, (train) => train.with(3074 + 1, 100)));
    await assert.rejects(load(bad), /^RangeError: .*: image 1 has fine label 100, and there are 100 classes; use the/);
    const empty = stages.cifar100(await own(folder, () => new Uint8Array()));
    await assert.rejects(load(empty), /its 0 bytes/);
  }));

Deno.test("load.cifar100() takes a tarball only if it is the published one", () =>
  withFolder(async (folder) => {
    await writeFile(join(folder, "cifar-100-binary.tar.gz"), await fixtureBytes("cifar-100-binary.tar.gz"));
    const { context } = recordingContext(join(folder, "data"), AbortSignal.abort(new Error("No network in tests")));
    const node = stages.cifar100({ folder });
    // The folder is refused by its size, and nothing is fetched.
    await assert.rejects(runSource(node, context), /No network in tests/);
    assert.deepEqual(node.stage.files!(node.params as never), []);
  }));

Deno.test("filePair() takes published files unless one's own are given", () =>
  withFolder(async (folder) => {
    const names = ["train.bin", "test.bin"] as const;
    const published = async () => await tarEntries(await fixtureBytes("cifar-100-binary.tar.gz"), names);
    const paths = await own(folder);
    const [train, test] = await filePair({}, names, published);
    assert.deepEqual([train[1], test[1], train[0].length, test[0].length], [...names, 3 * 3074, 2 * 3074]);
    const mine = await filePair(paths, names, () => Promise.reject(new Error("Not asked")));
    assert.deepEqual(mine.map(([bytes, name]) => [bytes.length, name]), [[9222, paths.trainFile], [
      6148,
      paths.testFile,
    ]]);
  }));

Deno.test("tarEntries() refuses tarballs that are damaged or lack a file", async () => {
  const tarball = await fixtureBytes("cifar-100-binary.tar.gz");
  await assert.rejects(tarEntries(tarball, ["nothing.bin"]), /^RangeError: Cannot find "nothing.bin" in the tarball/);
  await assert.rejects(tarEntries(tarball.subarray(0, 600), ["test.bin"]), /^RangeError: Cannot /);
  await assert.rejects(tarEntries(new Uint8Array(2000).fill(7), ["test.bin"]), /^RangeError: Cannot /);
});

for (const set of [CIFAR100, SVHN]) {
  Deno.test(`${set.title} is pinned completely`, () => {
    for (const { bytes, sha256 } of set.files) {
      assert.ok(bytes > 0);
      assert.match(sha256, /^[0-9a-f]{64}$/);
    }
    assert.match(set.remedy, /\{folder\}.*parameter "folder"/);
  });
}
