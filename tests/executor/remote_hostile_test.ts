/**
 * @file A server, or somebody between, that breaks things and lies: whatever it does, a run ends with the results of one
 * without it.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { Store } from "../../cache/mod.ts";
import { remoteTier } from "../../cache/remote/mod.ts";
import { type Tamper, TestServer } from "../cache/remote/_server.ts";
import { Bench, digestsOf } from "./_remote.ts";

/** Bytes without end. */
function endless(piece: Uint8Array<ArrayBuffer>, everyMs = 0): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    async pull(controller) {
      if (everyMs > 0) await new Promise((resolve) => setTimeout(resolve, everyMs));
      controller.enqueue(piece);
    },
  });
}

async function flipped(answer: Response): Promise<Response> {
  const bytes = await answer.bytes();
  bytes[Math.floor(bytes.length / 2)]! ^= 1;
  return new Response(bytes);
}

const isBlob = (path: string) => path.includes("/cas/");

/** What is done to the answers of GETs that have one. */
const attacks: Readonly<Record<string, Tamper>> = {
  "flips a bit in each blob": ({ path }, answer) => isBlob(path) ? flipped(answer) : answer,
  "flips a bit in each entry": ({ path }, answer) => isBlob(path) ? answer : flipped(answer),
  "cuts each answer short": async (_asked, answer) => {
    const bytes = await answer.bytes();
    return new Response(bytes.subarray(0, bytes.length - 5));
  },
  "promises more bytes than it sends": async (_asked, answer) => {
    const bytes = await answer.bytes();
    return new Response(endless(bytes, 50).pipeThrough(onlyFirst()), {
      headers: { "content-length": String(bytes.length + 10) },
    });
  },
  "answers with another key's entry": ({ path }, answer, server) => {
    const other = server.under("ac").find((candidate) => candidate !== path)!;
    return isBlob(path) ? answer : new Response(server.files.get(other)!);
  },
  "answers with another blob": ({ path }, answer, server) => {
    const other = server.under("cas").find((candidate) => candidate !== path)!;
    return isBlob(path) ? new Response(server.files.get(other)!) : answer;
  },
  "answers with rubbish": () => new Response("<html>Please log in to the hotel's network</html>"),
  "sends gigabytes": () => new Response(endless(new Uint8Array(1 << 16))),
  "says that it will send gigabytes": () => {
    return new Response(endless(new Uint8Array(1 << 16)), { headers: { "content-length": String(2 ** 40) } });
  },
  "never stops sending, slowly": () => new Response(endless(new Uint8Array(1), 100)),
  "begins and falls silent": () => new Response(new ReadableStream({ start: (c) => c.enqueue(new Uint8Array(10)) })),
  "never answers": () => new Promise(() => {}),
  "redirects elsewhere": () => new Response(null, { status: 302, headers: { location: "http://127.0.0.1:9/" } }),
  "refuses": () => new Response("who are you?", { status: 401 }),
  "fails": () => new Response("oops", { status: 500 }),
  "has lost all blobs": ({ path }, answer) => isBlob(path) ? new Response(null, { status: 404 }) : answer,
  "is slow": async (_asked, answer) => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return answer;
  },
  "fails every third time": (_asked, answer, server) => {
    return server.asked.length % 3 === 0 ? new Response(null, { status: 503 }) : answer;
  },
};

/** Passes the first piece on, and holds the rest back. */
function onlyFirst(): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let isFirst = true;
  return new TransformStream({
    transform(piece, controller) {
      if (isFirst) controller.enqueue(piece);
      isFirst = false;
    },
  });
}

/** Attacks that cost a few tries, and no result. */
const harmless = new Set(["is slow", "fails every third time"]);

for (const [what, tamper] of Object.entries(attacks)) {
  Deno.test(`run() gives the results of a local run where the remote cache ${what}`, async () => {
    await using bench = await Bench.create();
    await using server = new TestServer();
    const local = await bench.run("full", bench.remote(server.url));
    assert.deepEqual(local.warnings, []);
    server.tamper = (asked, answer, self) => {
      return asked.method === "GET" && answer.status === 200 ? tamper(asked, answer, self) : answer;
    };
    const began = performance.now();
    const made = await bench.run("empty", bench.remote(server.url, { readOnly: true }));
    assert.deepEqual(digestsOf(made), digestsOf(local));
    assert.deepEqual(made.files, local.files);
    assert.equal(made.report.counts.failed, 0);
    assert.ok(performance.now() - began < 20_000, `it took ${performance.now() - began} ms`);
    const given = made.warnings.filter((message) => /left alone/.test(message));
    assert.ok(given.length <= 1, `it is given up once: ${made.warnings.join("\n")}`);
    if (harmless.has(what)) assert.deepEqual([made.warnings, made.report.counts.ran], [[], 0]);
    else assert.ok(made.warnings.length > 0, "something is said");
    // What was taken is sound: the next run, alone, finds it all.
    const again = await bench.run("empty", undefined);
    assert.deepEqual([again.files, again.warnings], [local.files, []]);
  });
}

Deno.test("run() starts over alone where the remote cache has lost an object that comes out different here", async () => {
  await using bench = await Bench.create();
  await using server = new TestServer();
  const local = await bench.run("alone", undefined);
  const { key } = local.report.nodes.find(({ stage }) => stage === "count")!;
  // As if another machine had got other numbers from the same inputs: its record is there, its object is not.
  {
    const upstream = await remoteTier(bench.remote(server.url));
    await using store = await Store.open(join(bench.folder, "other"), { upstream });
    const type = { name: "Numbers", columns: { value: { dtype: "float64", dims: [] } } } as const;
    const item = await store.writeTable(type, { value: Float64Array.of(7, 8, 9, 10) });
    const { digest } = item;
    const rest = {
      version: 1,
      type: "Numbers",
      manifest: {},
      cost: { seconds: 1 },
      when: "2026-11-23",
      environment: {},
    };
    await store.writeRecord({ ...rest, key: key!, items: [item], digest });
    await store.upstream!.drain(() => {});
  }
  for (const path of server.under("cas")) server.files.delete(path);
  const made = await bench.run("empty", bench.remote(server.url, { readOnly: true }));
  assert.deepEqual([digestsOf(made), made.files], [digestsOf(local), local.files]);
  assert.ok(
    made.warnings.some((message) => /did not have all that it promised/.test(message)),
    made.warnings.join("\n"),
  );
});

Deno.test("run() sends no credentials to where a remote cache redirects it", async () => {
  await using bench = await Bench.create();
  await using other = new TestServer();
  await using server = new TestServer();
  server.tamper = ({ path }) => Response.redirect(`${new URL(other.url).origin}${path}`, 307);
  const token = `${bench.folder}/token`;
  await Deno.writeTextFile(token, "Bearer secret-7\n");
  const made = await bench.run("empty", bench.remote(server.url, { authFile: token }));
  assert.equal(made.report.counts.failed, 0);
  assert.equal(server.asked[0]!.authorization, "Bearer secret-7");
  assert.deepEqual(other.asked, []);
  assert.ok(!made.warnings.join().includes("secret-7"));
});

Deno.test("run() goes on alone when the remote cache is gone in the middle, with one warning", async () => {
  for (const how of ["silent", "closed"] as const) {
    await using bench = await Bench.create();
    const local = await bench.run("alone", undefined);
    await using server = new TestServer();
    server.tamper = (_asked, answer) => {
      if (server.asked.length < 12) return answer;
      return how === "silent" ? new Promise(() => {}) : new Response(null, { status: 502 });
    };
    const began = performance.now();
    const made = await bench.run("empty", bench.remote(server.url));
    assert.deepEqual([digestsOf(made), made.files], [digestsOf(local), local.files]);
    assert.equal(made.warnings.length, 1, made.warnings.join("\n"));
    assert.match(made.warnings[0]!, /left alone: it (said nothing for 2 s|answered 502)/);
    assert.ok(made.report.remote!.off !== null && made.report.remote!.unsent > 0);
    assert.ok(performance.now() - began < 10_000);
  }
});

Deno.test("run() without a server costs one try, one warning, and no result", async () => {
  await using bench = await Bench.create();
  const local = await bench.run("alone", undefined);
  const closed = new TestServer();
  await closed[Symbol.asyncDispose]();
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  for (
    const [url, why] of [[closed.url, /refused/], [
      `http://127.0.0.1:${silent.addr.port}`,
      /said nothing for 2 s/,
    ]] as const
  ) {
    const began = performance.now();
    const made = await bench.run(`empty-${silent.addr.port}-${url.length}`, bench.remote(url));
    const took = performance.now() - began;
    assert.deepEqual([digestsOf(made), made.files], [digestsOf(local), local.files]);
    assert.equal(made.warnings.length, 1);
    assert.match(made.warnings[0]!, why);
    assert.ok(took < 8000, `it took ${took} ms`);
  }
});
