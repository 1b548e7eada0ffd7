/** @file Downloads from a server on this machine: integrity, silence, interruption. */
import assert from "node:assert/strict";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { obtain } from "../../../stages/load/sources/obtain.ts";
import { gunzipAll } from "../../../stages/load/sources/unpack.ts";
import { type Download, fromUrls } from "../../../stages/load/sources/url.ts";
import { recordingContext, sha256, TINY, tinySet, withFolder } from "./support.ts";

/** Runs `body` while `answer` serves. */
async function withServer(
  answer: (path: string) => Response,
  body: (origin: string) => Promise<void>,
): Promise<void> {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    return answer(new URL(request.url).pathname);
  });
  try {
    await body(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}

const packed = Object.fromEntries(Object.entries(TINY).map(([name, bytes]) => [`/${name}.gz`, gzipSync(bytes)]));

function downloads(origin: string): Download[] {
  return Object.entries(packed).map(([path, bytes]) => ({
    url: origin + path,
    bytes: bytes.length,
    sha256: sha256(bytes),
  }));
}

function servePacked(path: string): Response {
  const bytes = packed[path];
  return bytes === undefined ? new Response("?", { status: 404 }) : new Response(new Uint8Array(bytes));
}

Deno.test("fromUrls() downloads, verifies, unpacks and reports bytes", () =>
  withFolder((folder) =>
    withServer(servePacked, async (origin) => {
      const { context, reported } = recordingContext(folder);
      const source = fromUrls({ title: "local", downloads: downloads(origin), unpack: gunzipAll });
      const files = await obtain(tinySet([source]), context);
      assert.deepEqual(files.get("a.bin"), TINY["a.bin"]);
      const total = Object.values(packed).reduce((sum, { length }) => sum + length, 0);
      assert.deepEqual(reported.at(-1), { done: total, total, unit: "bytes" });
      assert.deepEqual((await readdir(join(folder, "tiny"))).sort(), ["a.bin", "b.bin"]);
    })
  ));

for (
  const [fault, answer, reason] of [
    ["a missing file", () => new Response("?", { status: 404 }), /local: HTTP status 404/],
    ["another file", () => new Response("Please log in"), /local: It sent 13 bytes with SHA-256 \w{64}, not \d+ with/],
    ["too long a file", () => new Response("x".repeat(9999)), /local: It sent more than the \d+ bytes of the pinned/],
  ] as const
) {
  Deno.test(`fromUrls() refuses ${fault}`, () =>
    withFolder((folder) =>
      withServer(answer, async (origin) => {
        const { context } = recordingContext(folder);
        const source = fromUrls({ title: "local", downloads: downloads(origin), unpack: gunzipAll });
        await assert.rejects(obtain(tinySet([source]), context), reason);
        assert.deepEqual(await readdir(join(folder, "tiny")), []);
      })
    ));
}

/** A response that sends one byte and then nothing until the client goes away. */
function stalled(): Response {
  return new Response(new ReadableStream({ start: (controller) => controller.enqueue(Uint8Array.of(1)) }));
}

Deno.test("fromUrls() gives up a server that falls silent", () =>
  withFolder((folder) =>
    withServer(stalled, async (origin) => {
      const { context } = recordingContext(folder);
      const patience = { answer: 2000, chunk: 50 };
      const source = fromUrls({ title: "local", downloads: downloads(origin), unpack: gunzipAll, patience });
      await assert.rejects(obtain(tinySet([source]), context), /local: No answer for 0.05 s/);
    })
  ));

Deno.test("fromUrls() stops when the run is interrupted", () =>
  withFolder((folder) =>
    withServer(stalled, async (origin) => {
      const interrupt = new AbortController();
      const job = {
        folder: join(folder, "job"),
        signal: interrupt.signal,
        progress: () => interrupt.abort(new Error("Interrupted")),
      };
      await mkdir(job.folder);
      const source = fromUrls({ title: "local", downloads: downloads(origin), unpack: gunzipAll });
      await assert.rejects(source.fetch(job), /^Error: Interrupted$/);
    })
  ));

Deno.test("fromUrls() fails at once where nothing listens, and says why in one line", () =>
  withFolder(async (folder) => {
    const { context } = recordingContext(folder);
    // A port that was free a moment ago.
    const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    const { port } = listener.addr;
    listener.close();
    const source = fromUrls({ title: "local", downloads: downloads(`http://127.0.0.1:${port}`), unpack: gunzipAll });
    await assert.rejects(obtain(tinySet([source]), context), /\n {2}- local: [^\n(]*refused[^\n]*\nRemedy/i);
  }));

Deno.test("gunzipAll() unpacks beside the packed file", () =>
  withFolder(async (folder) => {
    const path = join(folder, "a.bin.gz");
    await Deno.writeFile(path, gzipSync(TINY["a.bin"]));
    await gunzipAll([path]);
    assert.deepEqual(new Uint8Array(await readFile(join(folder, "a.bin"))), TINY["a.bin"]);
  }));
