/** @file Where the files of a published set come from, and what happens to wrong ones. */
import assert from "node:assert/strict";
import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { obtain } from "../../../stages/load/sources/obtain.ts";
import { DataUnavailableError } from "../../../stages/load/sources/types.ts";
import { deadSource, recordingContext, TINY, tinySet, tinySource, withFolder } from "./support.ts";

Deno.test("obtain() fetches once, keeps the files, and leaves nothing else", () =>
  withFolder(async (folder) => {
    const source = tinySource();
    const { context, logged } = recordingContext(folder);
    const files = await obtain(tinySet([deadSource("dead.example", "no such host"), source]), context);
    assert.deepEqual(files.get("b.bin"), TINY["b.bin"]);
    assert.deepEqual((await readdir(join(folder, "tiny"))).sort(), ["a.bin", "b.bin"]);
    assert.deepEqual(logged, [
      `Tiny: fetched from tiny source, kept in "${join(folder, "tiny")}" (tried before: dead.example: no such host)`,
    ]);
    const again = await obtain(tinySet([source]), context);
    assert.deepEqual(again.get("a.bin"), TINY["a.bin"]);
    assert.equal(source.fetched, 1);
  }));

Deno.test("obtain() prefers the folder it is given, also packed and in a subfolder, and never writes to it", () =>
  withFolder(async (folder) => {
    const own = join(folder, "own");
    await mkdir(join(own, "inside"), { recursive: true });
    await writeFile(join(own, "inside", "a.bin.gz"), gzipSync(TINY["a.bin"]));
    await writeFile(join(own, "inside", "b.bin"), TINY["b.bin"]);
    const { context, logged } = recordingContext(join(folder, "data"));
    const files = await obtain(tinySet([]), context, own);
    assert.deepEqual(files.get("a.bin"), TINY["a.bin"]);
    assert.deepEqual((await readdir(join(own, "inside"))).sort(), ["a.bin.gz", "b.bin"]);
    assert.deepEqual(logged, []);
  }));

Deno.test("obtain() says that a folder has other contents, leaves it alone, and goes on", () =>
  withFolder(async (folder) => {
    const own = join(folder, "own");
    await mkdir(own);
    await writeFile(join(own, "a.bin"), "all the exbmples");
    await writeFile(join(own, "b.bin.gz"), "not gzip");
    const { context, logged } = recordingContext(join(folder, "data"));
    await obtain(tinySet([tinySource()]), context, own);
    assert.match(
      logged[0]!,
      /^Tiny: cannot use folder ".*own": "a.bin" has SHA-256 \w{64}, not \w{64}; "b.bin.gz" cannot/,
    );
    assert.deepEqual((await readdir(own)).sort(), ["a.bin", "b.bin.gz"]);
  }));

Deno.test("obtain() names a truncated file in the data directory, sets it aside and fetches again", () =>
  withFolder(async (folder) => {
    const source = tinySource();
    const { context, logged } = recordingContext(folder);
    await obtain(tinySet([source]), context);
    const path = join(folder, "tiny", "a.bin");
    await writeFile(path, TINY["a.bin"].subarray(0, 5));
    const files = await obtain(tinySet([source]), context);
    assert.deepEqual(files.get("a.bin"), TINY["a.bin"]);
    assert.equal(source.fetched, 2);
    assert.equal(logged[1], `Tiny: "${path}" is damaged; set aside as "a.bin.damaged" and fetched again`);
    assert.deepEqual((await readdir(join(folder, "tiny"))).sort(), ["a.bin", "a.bin.damaged", "b.bin"]);
    assert.equal((await readFile(`${path}.damaged`)).length, 5);
  }));

Deno.test("obtain() refuses what a source sends when its digest differs, and publishes none of it", () =>
  withFolder(async (folder) => {
    const { context } = recordingContext(folder);
    const wrong = tinySource({ "b.bin": new TextEncoder().encode("all the lapels") });
    await assert.rejects(
      obtain(tinySet([wrong]), context),
      /tiny source: What it sent is not the data set: "b.bin" has SHA-256 \w{64}, not/,
    );
    assert.deepEqual(await readdir(join(folder, "tiny")), []);
  }));

Deno.test("obtain() lists every place it tried, in order, with the remedy, when none has the set", () =>
  withFolder(async (folder) => {
    const { context } = recordingContext(folder);
    const set = tinySet([deadSource("one.example", "no such host"), deadSource("two.example", "HTTP status 404")]);
    const error = await obtain(set, context, join(folder, "nowhere")).then(() => undefined, (error) => error);
    assert.ok(error instanceof DataUnavailableError);
    assert.equal(error.attempts.length, 4);
    assert.equal(
      error.message,
      [
        'Cannot get data set "Tiny". Tried, in this order:',
        `  - folder "${join(folder, "nowhere")}": it does not exist`,
        `  - folder "${join(folder, "tiny")}": it does not exist`,
        "  - one.example: no such host",
        "  - two.example: HTTP status 404",
        `Remedy: put them into "${join(folder, "tiny")}"`,
      ].join("\n"),
    );
  }));

Deno.test("obtain() names files that are missing from a folder that has others, also in a subfolder", () =>
  withFolder(async (folder) => {
    await mkdir(join(folder, "inside"));
    await writeFile(join(folder, "inside", "a.bin"), TINY["a.bin"]);
    const { context, logged } = recordingContext(join(folder, "data"));
    await obtain(tinySet([tinySource()]), context, folder);
    assert.match(logged[0]!, /: it lacks "b.bin"$/);
  }));

Deno.test("obtain() ends with the signal's reason when interrupted, and leaves no half file", () =>
  withFolder(async (folder) => {
    const interrupt = new AbortController();
    const { context } = recordingContext(folder, interrupt.signal);
    const slow = {
      title: "slow",
      async fetch({ folder, signal }: { readonly folder: string; readonly signal: AbortSignal }) {
        await writeFile(join(folder, "a.bin"), TINY["a.bin"]);
        interrupt.abort(new Error("Interrupted"));
        signal.throwIfAborted();
      },
    };
    const next = tinySource();
    await assert.rejects(obtain(tinySet([slow, next]), context), /^Error: Interrupted$/);
    assert.deepEqual(await readdir(join(folder, "tiny")), []);
    assert.equal(next.fetched, 0);
  }));

Deno.test("obtain() twice at once is harmless", () =>
  withFolder(async (folder) => {
    const { context } = recordingContext(folder);
    const set = tinySet([tinySource()]);
    const both = await Promise.all([obtain(set, context), obtain(set, context)]);
    for (const files of both) assert.deepEqual(files.get("a.bin"), TINY["a.bin"]);
    assert.deepEqual((await readdir(join(folder, "tiny"))).sort(), ["a.bin", "b.bin"]);
  }));

Deno.test("obtain() removes what a killed fetch left a day ago, and nothing younger", () =>
  withFolder(async (folder) => {
    for (const name of [".fetch-old", ".fetch-young"]) await mkdir(join(folder, "tiny", name), { recursive: true });
    const twoDaysAgo = new Date(Date.now() - 48 * 3600 * 1000);
    await utimes(join(folder, "tiny", ".fetch-old"), twoDaysAgo, twoDaysAgo);
    const { context } = recordingContext(folder);
    await obtain(tinySet([tinySource()]), context);
    assert.deepEqual((await readdir(join(folder, "tiny"))).sort(), [".fetch-young", "a.bin", "b.bin"]);
  }));
