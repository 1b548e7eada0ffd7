/** @file Whose results a run believes, and what it may do on a server. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { TestServer } from "../cache/remote/_server.ts";
import { Bench, digestsOf } from "./_remote.ts";

/** The public half of a key file, as openssl would write it. */
async function publicHalf(bench: Bench, who: string): Promise<string> {
  const pem = await Deno.readTextFile(join(bench.folder, `${who}.pem`));
  const der = Buffer.from(pem.replaceAll(/-----.*-----|\s/g, ""), "base64");
  const { x } = await crypto.subtle.exportKey(
    "jwk",
    await crypto.subtle.importKey("pkcs8", der, "Ed25519", true, ["sign"]),
  );
  const key = await crypto.subtle.importKey("raw", Buffer.from(x!, "base64url"), "Ed25519", true, ["verify"]);
  const body = Buffer.from(await crypto.subtle.exportKey("spki", key)).toString("base64");
  const file = join(bench.folder, `${who}.pub`);
  await Deno.writeTextFile(file, `-----BEGIN PUBLIC KEY-----\n${body}\n-----END PUBLIC KEY-----\n`);
  return file;
}

Deno.test("run() takes nothing that a stranger signed, unless told whom to believe", async () => {
  await using bench = await Bench.create();
  await using server = new TestServer({ kind: "bazel" });
  const mine = await bench.run("mine", bench.remote(server.url, {}, "me"));
  const file = await publicHalf(bench, "me");
  const readOnly = true;
  const stranger = await bench.run("stranger", bench.remote(server.url, { readOnly }, "you"));
  assert.equal(stranger.report.counts.cached, 0);
  assert.equal(stranger.warnings.length, 1);
  assert.match(stranger.warnings[0]!, /were not taken, as nobody signed them whom this run believes/);
  assert.deepEqual(digestsOf(stranger), digestsOf(mine));
  for (const [store, options] of [["signed", { keyFiles: [file] }], ["all", { trust: "all" }]] as const) {
    const made = await bench.run(store, bench.remote(server.url, { readOnly, ...options }, "you"));
    assert.deepEqual([made.report.counts.ran, made.warnings], [0, []], store);
  }
  const own = await bench.run("own", bench.remote(server.url, { readOnly, trust: "own", keyFiles: [file] }, "you"));
  assert.equal(own.report.counts.cached, 0, "another's key does not make a result one's own");
});

Deno.test("run() adds its own signature where another's result lies, and both can be taken then", async () => {
  await using bench = await Bench.create();
  await using server = new TestServer({ kind: "bazel" });
  await bench.run("mine", bench.remote(server.url, {}, "me"));
  const entries = server.under("ac").length;
  const yours = await bench.run("yours", bench.remote(server.url, {}, "you"));
  assert.ok(yours.report.counts.ran > 0 && yours.report.remote!.sent.records > 0);
  assert.equal(yours.report.remote!.sent.objects, 0, "the blobs are there");
  assert.equal(server.under("ac").length, entries);
  for (const who of ["me", "you"]) {
    const made = await bench.run(`again-${who}`, bench.remote(server.url, {}, who));
    assert.deepEqual([made.report.counts.ran, made.warnings], [0, []], who);
  }
});

Deno.test("run() believes no record that was changed after it was signed", async () => {
  await using bench = await Bench.create();
  await using server = new TestServer();
  const local = await bench.run("mine", bench.remote(server.url));
  const { decodeEntry, encodeEntry } = await import("../../cache/remote/entry.ts");
  for (const path of server.under("ac")) {
    const entry = decodeEntry(path.slice(-64), server.files.get(path)!);
    const forged = entry.map((one) => ({ ...one, record: { ...one.record, when: "2027-01-01T00:00:00.000Z" } }));
    server.files.set(path, new Uint8Array(encodeEntry(forged)));
  }
  const made = await bench.run("empty", bench.remote(server.url, { readOnly: true }));
  assert.equal(made.report.counts.cached, 0);
  assert.deepEqual(made.files, local.files);
  assert.match(made.warnings.join(), /nobody signed them/);
});

Deno.test("run() with a read-only remote cache sends nothing and makes no key", async () => {
  await using bench = await Bench.create();
  await using server = new TestServer();
  const made = await bench.run("first", bench.remote(server.url, { readOnly: true }));
  assert.deepEqual(made.warnings, []);
  assert.deepEqual([server.count("PUT"), server.count("HEAD")], [0, 0]);
  await assert.rejects(Deno.stat(join(bench.folder, "me.pem")), Deno.errors.NotFound);
});

Deno.test("run() goes on reading from a remote cache that takes nothing, and says so once", async () => {
  await using bench = await Bench.create();
  await using server = new TestServer();
  await bench.run("first", bench.remote(server.url), { overrides: { n: 3 } });
  server.tamper = ({ method }, answer) => method === "PUT" ? new Response(null, { status: 403 }) : answer;
  const made = await bench.run("second", bench.remote(server.url), { overrides: { n: 4 } });
  assert.ok(made.report.counts.ran > 0);
  assert.deepEqual(made.warnings.map((message) => /Nothing more is sent .* it refuses writing \(403\)/.test(message)), [
    true,
  ]);
  assert.equal(made.report.remote!.off, null);
  const third = await bench.run("third", bench.remote(server.url), { overrides: { n: 3 } });
  assert.equal(third.report.counts.ran, 0);
});

Deno.test("run() says who it is with a token or a password from a file, and not without", async () => {
  for (
    const [text, header] of [
      ["Bearer abc.def\n", "Bearer abc.def"],
      ["abcdef", "Bearer abcdef"],
      ["user:päss word", `Basic ${Buffer.from("user:päss word").toString("base64")}`],
    ] as const
  ) {
    await using bench = await Bench.create();
    await using server = new TestServer({ authorization: header });
    const authFile = join(bench.folder, "auth");
    await Deno.writeTextFile(authFile, text);
    const made = await bench.run("first", bench.remote(server.url, { authFile }));
    assert.deepEqual(made.warnings, []);
    assert.ok(made.report.remote!.sent.records > 0);
    const refused = await bench.run("second", bench.remote(server.url));
    assert.match(refused.warnings.join(), /it refuses reading \(401\)/);
    assert.equal(refused.report.counts.failed, 0);
  }
});

Deno.test("run() shares what a store had before it knew of a remote cache, branches too", async () => {
  await using bench = await Bench.create();
  await using server = new TestServer({ kind: "bazel" });
  await bench.run("old", undefined, { overrides: { n: 3 } });
  const sent = await bench.run("old", bench.remote(server.url), { overrides: { n: 3 } });
  assert.deepEqual([sent.report.counts.ran, sent.report.remote!.unsent], [0, 0]);
  const more = await bench.run("new", bench.remote(server.url), { overrides: { n: 5 } });
  const scaled = more.report.nodes.find(({ stage }) => stage === "scale")!;
  assert.deepEqual([scaled.branches.ran, scaled.branches.cached, scaled.remote], [2, 3, 3]);
});

Deno.test("run() takes a damaged object of its store from the remote cache instead of making it again", async () => {
  await using bench = await Bench.create();
  await using server = new TestServer();
  const remote = bench.remote(server.url, { objects: "all" });
  await bench.run("first", remote);
  const made = await bench.run("second", remote);
  assert.equal(await bench.stored("second", "objects"), await bench.stored("first", "objects"));
  const offline = await bench.run("second", undefined);
  assert.deepEqual([offline.report.counts.ran, offline.files], [0, made.files]);
  for await (const { name } of Deno.readDir(join(bench.folder, "second/objects"))) {
    for await (const file of Deno.readDir(join(bench.folder, "second/objects", name))) {
      await Deno.truncate(join(bench.folder, "second/objects", name, file.name), 100);
    }
  }
  const repaired = await bench.run("second", remote);
  assert.deepEqual([repaired.report.counts.ran, repaired.files], [0, made.files]);
});
