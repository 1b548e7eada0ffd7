/** @file collect(): what is freed, in which order, and what stays. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { collect, hash, Store, type StoreRecord, verify } from "engram/cache/mod.ts";
import { takeInventory } from "engram/cache/gc_inventory.ts";
import { sweepObjects } from "engram/cache/gc_sweep.ts";
import { Layout } from "engram/cache/layout.ts";
import { filesUnder, objectPath, Scores, scores, withStore } from "./helpers.ts";

const DAY = 24 * 3600;

/** Publishes a record that leads to tables, and took some time to make. */
async function make(
  store: Store,
  name: string,
  seeds: readonly number[],
  seconds = 1,
  rows = 10,
): Promise<StoreRecord> {
  const items = [];
  for (const seed of seeds) items.push(await store.writeTable(Scores, scores(seed, rows)));
  const digest = items.length === 1 ? items[0]!.digest : hash("items", ...items.map((item) => item.digest));
  const fixed = { version: 1, type: "Scores", manifest: {}, environment: {}, when: "2026-11-22T00:00:00.000Z" };
  return await store.writeRecord({ ...fixed, key: hash(name), items, digest, cost: { seconds } });
}

/** Makes everything in a folder look old. */
async function age(directory: string, seconds: number): Promise<void> {
  const time = new Date(Date.now() - 1000 * seconds);
  for (const path of await filesUnder(directory)) await Deno.utime(`${directory}/${path}`, time, time);
}

/** Names, out of some, of those whose results are there and complete. */
async function left(store: Store, names: readonly string[]): Promise<string> {
  const found = await Promise.all(
    names.map(async (name) => await store.findRecord(hash(name)) === undefined ? "" : name),
  );
  return found.join("");
}

const ABC = ["a", "b", "c"] as const;

/** Makes old results a, b and c. */
async function makeAbc(store: Store, directory: string): Promise<StoreRecord[]> {
  const records = [];
  for (const [i, name] of ABC.entries()) records.push(await make(store, name, [i]));
  await age(directory, DAY);
  return records;
}

Deno.test("collect() without limits removes garbage only: objects without records, and records without objects", async () => {
  await withStore(async ({ store, directory }) => {
    const [a] = await makeAbc(store, directory);
    const orphan = await store.writeTable(Scores, scores(77));
    await age(directory, DAY);
    await Deno.remove(objectPath(directory, a!.digest));
    const { removed, kept } = await collect(store);
    assert.deepEqual(removed.results.map(({ key, reason }) => [key, reason]), [[hash("a"), "incomplete"]]);
    assert.equal(removed.objects, 1);
    assert.equal(await store.hasObject(orphan.digest), false);
    assert.equal(kept["within the limits"].records, 2);
    assert.equal(await left(store, ABC), "bc");
  });
});

Deno.test("collect() keeps what the last runs need, by key, by digest or by branch, and removes the rest", async () => {
  await withStore(async ({ store, directory }) => {
    const [, b] = await makeAbc(store, directory);
    for (const name of ["d", "e", "f"]) await make(store, name, [name.charCodeAt(0)]);
    await store.writeNote("branches", hash("node"), [hash("d"), hash("e")]);
    await store.writeNote("branches", hash("old node"), [hash("a")]);
    await store.writeNote("runs", "2026-01", { report: { nodes: [{ key: hash("a") }, { key: hash("old node") }] } });
    await store.writeNote("runs", "2026-02", { report: { nodes: [{ key: hash("node") }] } });
    await store.writeNote("runs", "2026-03", { outputs: { table: { digest: b!.digest } }, text: `see ${hash("f")}` });
    await age(directory, DAY);
    const report = await collect(store, { keepLast: 2 });
    assert.equal(await left(store, [...ABC, "d", "e", "f"]), "bdef");
    assert.deepEqual([report.removed.records, report.removed.objects, report.removed.notes], [2, 2, 1]);
    assert.equal(report.kept.run.records, 4);
    assert.equal((await Array.fromAsync(store.listNotes("runs"))).length, 3); // what happened is not forgotten
    await collect(store, { keepLast: 0 });
    assert.equal(await left(store, ["d", "e", "f"]), "");
  });
});

Deno.test("collect() keeps what is pinned, in notes or in the call", async () => {
  await withStore(async ({ store, directory }) => {
    const [a] = await makeAbc(store, directory);
    await store.writeNote("pins", "table-1", { digest: a!.digest });
    await age(directory, DAY);
    const { kept } = await collect(store, { keepLast: 0, pinned: [hash("c")] });
    assert.equal(await left(store, ABC), "ac");
    assert.equal(kept.pinned.records, 2);
  });
});

Deno.test("collect() removes what is cheap to compute again and large first, then the oldest, down to maxBytes", async () => {
  await withStore(async ({ store, directory }) => {
    await make(store, "a", [1], 1000, 10); // dear and small
    await make(store, "b", [2], 0.1, 5000); // cheap and large
    await make(store, "c", [3], 10, 5000);
    await make(store, "d", [4], 10, 5000); // like c, but younger
    await age(directory, DAY);
    const young = new Date(Date.now() - 10 * 3600 * 1000);
    await Deno.utime(`${directory}/records/${hash("d").slice(0, 2)}/${hash("d")}.json`, young, young);
    const names = ["a", "b", "c", "d"];
    const { before } = await collect(store, { dryRun: true });
    for (
      const [maxBytes, expected] of [[before.bytes, "abcd"], [before.bytes - 1, "acd"], [100_000, "ad"], [
        9000,
        "a",
      ]] as const
    ) {
      const report = await collect(store, { maxBytes });
      assert.equal(await left(store, names), expected);
      const now = await collect(store, { dryRun: true });
      assert.ok(now.before.bytes <= maxBytes);
      assert.equal(now.before.bytes, report.before.bytes - report.removed.bytes);
    }
  });
});

Deno.test("collect() frees a shared object with the last record that leads to it", async () => {
  await withStore(async ({ store, directory }) => {
    await make(store, "a", [1, 2]);
    await make(store, "b", [2, 3]);
    await age(directory, DAY);
    await store.writeNote("pins", "b", hash("b"));
    const { removed } = await collect(store, { keepLast: 0 });
    assert.deepEqual([removed.records, removed.objects], [1, 1]);
    assert.equal(await left(store, ["a", "b"]), "b");
  });
});

Deno.test("collect() removes what is older than maxAge", async () => {
  await withStore(async ({ store, directory }) => {
    await makeAbc(store, directory);
    const old = new Date(Date.now() - 3 * DAY * 1000);
    await Deno.utime(`${directory}/records/${hash("b").slice(0, 2)}/${hash("b")}.json`, old, old);
    const { removed } = await collect(store, { maxAge: 2 * DAY });
    assert.deepEqual(removed.results.map(({ reason }) => reason), ["too old"]);
    assert.equal(await left(store, ABC), "ac");
  });
});

Deno.test("collect() with dryRun says exactly what it would remove, and removes nothing", async () => {
  await withStore(async ({ store, directory }) => {
    await makeAbc(store, directory);
    await Deno.writeTextFile(`${directory}/tmp/left`, "by a killed writer");
    await age(directory, 10 * DAY);
    const before = await filesUnder(directory);
    const would = await collect(store, { maxBytes: 2500, dryRun: true });
    assert.deepEqual(await filesUnder(directory), before);
    const did = await collect(store, { maxBytes: 2500 });
    assert.deepEqual({ ...would, dryRun: false }, did);
    assert.ok(did.removed.records > 0 && did.removed.leftovers === 1);
  });
});

Deno.test("collect() keeps what is young, and what a live process uses or has made since it began", async () => {
  await withStore(async ({ store, directory }) => {
    await makeAbc(store, directory);
    await make(store, "d", [4]);
    assert.equal((await collect(store, { keepLast: 0, dryRun: true })).kept.young.records, 1);
    const user = await Store.open(directory);
    await user.use([hash("a")]);
    await user.use([hash("c")]);
    assert.equal((await collect(store, { keepLast: 0, dryRun: true })).kept["in use"].records, 2);
    const { digest } = await user.writeTable(Scores, scores(55)); // its record will come in some hours
    await collect(store, { keepLast: 0, grace: 0 });
    assert.equal(await left(store, [...ABC, "d"]), "ac");
    assert.ok(await store.hasObject(digest));
    await user.close();
    await collect(store, { keepLast: 0, grace: 0 });
    assert.equal(await left(store, ABC), "");
    assert.equal(await store.hasObject(digest), false);
  });
});

Deno.test("collect() spares an old object that was just published again, though its record is not there yet", async () => {
  await withStore(async ({ store, directory }) => {
    const { digest } = await store.writeTable(Scores, scores(1));
    await age(directory, DAY);
    await (await Store.open(directory)).writeTable(Scores, scores(1));
    await collect(store, { keepLast: 0 });
    assert.ok(await store.hasObject(digest));
  });
});

Deno.test("collect() looks again before it removes an object: it may have been published again meanwhile", async () => {
  await withStore(async ({ store, directory }) => {
    const items = [await store.writeTable(Scores, scores(1)), await store.writeTable(Scores, scores(2))];
    await age(directory, DAY);
    const now = Date.now();
    const inventory = await takeInventory(new Layout(directory), now);
    await (await Store.open(directory)).writeTable(Scores, scores(1));
    const roots = { records: new Map(), objects: new Map() };
    await sweepObjects(inventory, roots, new Map(), now, false);
    assert.deepEqual(await Promise.all(items.map(({ digest }) => store.hasObject(digest))), [true, false]);
  });
});

Deno.test("collect() cleans up after the dead: half-written files, leases, old damage; and not after the living", async () => {
  await withStore(async ({ store, directory }) => {
    const [dead, alive] = [await Store.open(directory), await Store.open(directory)];
    await dead.lease(hash("dead"));
    await dead.use([hash("used by the dead")]);
    const [owner] = (await filesUnder(`${directory}/leases/owners`)).filter((name) => name.endsWith(".json"));
    await Deno.writeTextFile(`${directory}/leases/${hash("x")}.${crypto.randomUUID()}`, "a successor without a lease");
    for (const folder of ["tmp", "damaged"]) await Deno.writeTextFile(`${directory}/${folder}/old`, "old");
    await age(directory, 10 * DAY); // the heart of `dead` beats every 5 seconds: within this test it looks dead
    for (const folder of ["tmp", "damaged"]) await Deno.writeTextFile(`${directory}/${folder}/new`, "new");
    await alive.lease(hash("alive"));
    const { removed } = await collect(store);
    assert.equal(removed.leftovers, 3);
    const after = await filesUnder(directory);
    assert.deepEqual(after.filter((path) => /^(tmp|damaged)/.test(path)), ["damaged/new", "tmp/new"]);
    assert.deepEqual(after.filter((path) => /^leases\/[0-9a-f]{64}/.test(path)), [`leases/${hash("alive")}`]);
    assert.ok(
      !after.some((path) => path.includes(owner!.replace(".json", ""))),
      "the files of the dead owner are there",
    );
    await dead.close();
    await alive.close();
  });
});

Deno.test("collect() refuses a limit that is none", async () => {
  await withStore(async ({ store }) => {
    await assert.rejects(collect(store, { maxBytes: -1 }), /Cannot use -1 as maxBytes: give 0 or more/);
    await assert.rejects(collect(store, { grace: NaN }), RangeError);
  });
});

Deno.test("collect() beside a writer that uses what it makes loses nothing, and leaves no record without its objects", async () => {
  await withStore(async ({ store, directory }) => {
    const writer = await Store.open(directory);
    let writing = true;
    let lost = 0;
    const work = (async () => {
      for (let i = 0; writing; i++) {
        const name = `w${i % 7}`;
        await writer.use([hash(name)]);
        if (await writer.findRecord(hash(name)) === undefined) {
          if (i >= 7) lost++;
          await make(writer, name, [i % 7]);
        }
      }
    })();
    for (let round = 0; round < 10; round++) {
      await collect(store, { keepLast: 0, grace: 0 });
      assert.deepEqual((await verify(store)).incomplete, []);
    }
    writing = false;
    await work;
    await writer.close();
    assert.equal(lost, 0);
  });
});

Deno.test("collect() never leaves more than maxBytes beyond its roots, nor a record without its objects", async () => {
  const spec = fc.array(fc.record({ seeds: fc.array(fc.nat(5), { minLength: 1, maxLength: 3 }), seconds: fc.nat(9) }), {
    minLength: 1,
    maxLength: 6,
  });
  const property = fc.asyncProperty(spec, fc.nat(9000), fc.array(fc.nat(5)), async (results, maxBytes, pins) => {
    await withStore(async ({ store, directory }) => {
      for (const [i, { seeds, seconds }] of results.entries()) await make(store, `${i}`, seeds, seconds);
      await age(directory, DAY);
      const pinned = pins.map((i) => hash(`${i}`));
      const report = await collect(store, { maxBytes, pinned });
      const { incomplete, orphans } = await verify(store);
      assert.deepEqual({ incomplete, orphans }, { incomplete: [], orphans: [] });
      const rest = report.before.bytes - report.removed.bytes - report.kept.pinned.bytes;
      assert.ok(rest === 0 || rest + report.kept.pinned.bytes <= maxBytes, `${rest} bytes are left`);
      for (const i of pins) if (i < results.length) assert.ok(await store.findRecord(hash(`${i}`)));
    });
  });
  await fc.assert(property, { numRuns: 15 });
});
