/** @file The remote tier of a store, by itself: large objects, entries, options. */
import assert from "node:assert/strict";
import { hash, Store, type TableType } from "engram/cache/mod.ts";
import { type RemoteOptions, remoteTier } from "engram/cache/remote/mod.ts";
import fc from "fast-check";
import { decodeEntry, encodeEntry } from "../../../cache/remote/entry.ts";
import { Limit } from "../../../cache/remote/limit.ts";
import { publish, withFolder } from "../helpers.ts";
import { TestServer } from "./_server.ts";

const Weights: TableType = { name: "Weights", columns: { w: { dtype: "float32", dims: [] } } };

async function open(folder: string, name: string, options: RemoteOptions, warnings: string[] = []): Promise<Store> {
  const upstream = await remoteTier({ ownKeyFile: `${folder}/key.pem`, ...options });
  return await Store.open(`${folder}/${name}`, { upstream, warn: (message) => warnings.push(message) });
}

Deno.test("remoteTier() refuses addresses, credentials and keys that cannot be used, and shows no password", () =>
  withFolder(async (folder) => {
    const url = "https://cache.example";
    await Deno.writeTextFile(`${folder}/empty`, "\n");
    await Deno.writeTextFile(`${folder}/two`, "Bearer a\nX-Injected: b\n");
    const cases: [RemoteOptions, RegExp][] = [
      [{ url: "cache.example" }, /give an http or https address/],
      [{ url: "ftp://cache.example" }, /give an http or https address/],
      [{ url: "https://me:secret@cache.example/x" }, /an address with a password.*"https:\/\/cache\.example\/x"/],
      [{ url: "me:secret@cache.example" }, /give an http or https address/],
      [{ url: `${url}?a=1` }, /leave out what follows "\?"/],
      [{ url, authFile: `${folder}/none` }, /Cannot read the credentials ".*none": there is no such file/],
      [{ url, authFile: `${folder}/empty` }, /write one line, a token or "user:password"/],
      [{ url, authFile: `${folder}/two` }, /write one line, a token or "user:password"/],
      [{ url, keyFiles: [`${folder}/empty`] }, /Cannot find a key in .*openssl genpkey/],
    ];
    for (const [options, message] of cases) {
      await assert.rejects(remoteTier(options), (error: Error) => {
        assert.match(error.message, message);
        return !error.message.includes("secret");
      });
    }
  }));

Deno.test("Store.open() with an upstream streams a large object both ways and gives it back byte for byte", () =>
  withFolder(async (folder) => {
    await using server = new TestServer({ kind: "bazel" });
    const w = Float32Array.from({ length: 3_000_000 }, (_, i) => Math.sin(i));
    const [key, record] = [hash("large"), { version: 1, type: "Weights", manifest: {}, cost: { seconds: 1 } }];
    let digest = "";
    {
      await using store = await open(folder, "first", { url: server.url });
      const item = await store.writeTable(Weights, { w });
      digest = item.digest;
      await store.writeRecord({ ...record, key, items: [item], digest, when: "2026-11-23", environment: {} });
      await store.upstream!.drain(() => {});
      assert.deepEqual(store.upstream!.report().sent, { records: 1, objects: 1, bytes: item.bytes });
    }
    {
      await using store = await open(folder, "second", { url: server.url });
      const found = await store.findRecord(key);
      assert.equal(found!.digest, digest);
      assert.deepEqual(store.upstream!.report().received, { records: 1, objects: 0, bytes: 0 });
      assert.ok(await store.hasObject(digest), "it is promised");
      assert.deepEqual((await store.readTable(Weights, digest)).w, w);
      assert.equal(store.upstream!.report().received.objects, 1);
    }
    await using store = await Store.open(`${folder}/second`);
    assert.equal((await store.findRecord(key))!.digest, digest, "the record is kept once its object is there");
  }));

Deno.test("Store.findRecord() asks a server once for what it does not have, however often it is called", () =>
  withFolder(async (folder) => {
    await using server = new TestServer();
    await using store = await open(folder, "store", { url: server.url });
    for (let i = 0; i < 5; i++) assert.equal(await store.findRecord(hash("absent")), undefined);
    await Promise.all(Array.from({ length: 5 }, () => store.findRecord(hash("other"))));
    assert.equal(server.asked.length, 2);
  }));

Deno.test("Store.writeRecord() sends objects before the record that names them", () =>
  withFolder(async (folder) => {
    await using server = new TestServer();
    await using store = await open(folder, "store", { url: server.url });
    for (let i = 0; i < 20; i++) await publish(store, hash("key", String(i)), i);
    await store.upstream!.drain(() => {});
    const puts = server.asked.filter(({ method }) => method === "PUT").map(({ path }) => path);
    assert.equal(puts.length, 40);
    for (const path of puts.filter((path) => path.includes("/ac/"))) {
      const { sha256 } = decodeEntry(path.slice(-64), server.files.get(path)!)[0]!.blobs[0]!;
      assert.ok(puts.indexOf(`/cache/cas/${sha256}`) < puts.indexOf(path));
    }
  }));

Deno.test("decodeEntry() throws on other bytes, and never takes them for a record", () =>
  withFolder(async (folder) => {
    await using server = new TestServer();
    {
      await using store = await open(folder, "store", { url: server.url });
      await publish(store, hash("key"), 1);
      await store.upstream!.drain(() => {});
    }
    const bytes = server.files.get(server.under("ac")[0]!)!;
    const entry = decodeEntry(hash("key"), bytes);
    assert.deepEqual(decodeEntry(hash("key"), encodeEntry(entry)), entry);
    assert.throws(() => decodeEntry(hash("other"), bytes), /it is of key/);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const other = bytes.slice();
        other[at]! ^= change;
        try {
          assert.deepEqual(decodeEntry(hash("key"), other), entry, "only what is not part of the text may change");
        } catch (error) {
          if (error instanceof assert.AssertionError) throw error;
        }
      }),
      { numRuns: 300 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (other) => {
      assert.throws(() => decodeEntry(hash("key"), other));
    }));
  }));

Deno.test("Limit runs so many steps at once, and all in the end", async () => {
  const limit = new Limit(3);
  let [now, most, done] = [0, 0, 0];
  await Promise.allSettled(Array.from({ length: 50 }, (_, i) =>
    limit.run(async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, i % 3));
      now--;
      done++;
      if (i % 7 === 0) throw new Error("a step may fail");
    })));
  assert.deepEqual([most, done, now], [3, 50, 0]);
});
