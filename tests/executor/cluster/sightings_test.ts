/** @file Looking at what others do: results, failures, holders that die here or go silent elsewhere, and what looking costs. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { hash, Listing, Store } from "../../../cache/mod.ts";
import { seal, unseal } from "../../../cache/sealed_json.ts";
import { Sightings } from "../../../executor/cluster/sightings.ts";
import { InterruptedError } from "../../../executor/errors.ts";
import { withFolder } from "../_stress.ts";

const Number = { name: "Number", columns: { value: { dtype: "float64", dims: [] } } } as const;
const pauses = { shortest: 5, longest: 20 };

async function publish(store: Store, key: string): Promise<void> {
  const { digest, rows, bytes } = await store.writeTable(Number, { value: Float64Array.of(1) });
  const manifest = {
    stage: "test",
    code: { digest: "" },
    params: {},
    unkeyed: [],
    inputs: {},
    files: [],
    branch: "",
    numerics: "portable",
  };
  await store.writeRecord({
    version: 1,
    key,
    type: "Number",
    items: [{ digest, rows, bytes }],
    digest,
    manifest,
    cost: { seconds: 0 },
    when: new Date().toISOString(),
    environment: {},
  });
}

/** Stores of one folder, as several processes would have them, and what one of them sees. */
async function withSightings(
  test: (
    given: { folder: string; mine: Store; other: Store; sightings: Sightings; failures: Map<string, string> },
  ) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const leases = { beatSeconds: 0.05, missedBeats: 3 };
    const [mine, other] = [await Store.open(folder, { leases }), await Store.open(folder, { leases })];
    const failures = new Map<string, string>();
    const warn = (message: string) => assert.fail(message);
    const sightings = new Sightings(mine, () => Promise.resolve(failures), { warn, pauses });
    try {
      await test({ folder, mine, other, sightings, failures });
    } finally {
      sightings.stop();
      await mine.close();
      await other.close();
    }
  });
}

Deno.test("Sightings.wait() resolves when another process stores the result, for drivers and workers alike", () =>
  withSightings(async ({ other, sightings }) => {
    const keys = ["a", "b", "c", "d"].map((name) => hash(name));
    for (const key of keys) await other.lease(key);
    const seen = keys.map((key, i) => sightings.wait(key, i % 2 === 0));
    await new Promise((resolve) => setTimeout(resolve, 60));
    for (const key of keys) await publish(other, key);
    assert.deepEqual(await Promise.all(seen), ["stored", "stored", "stored", "stored"]);
    assert.equal(sightings.of(keys[0]!).stored, true);
    assert.equal(await sightings.wait(keys[0]!, true), "stored");
    sightings.settle(keys[0]!);
    assert.equal(sightings.of(keys[0]!).stored, false);
  }));

Deno.test("Sightings.wait() lets a worker have a branch that is given back, and a driver wait on", () =>
  withSightings(async ({ other, sightings }) => {
    const [mine, theirs] = [hash("mine"), hash("theirs")];
    const leases = [await other.lease(mine), await other.lease(theirs)];
    const worker = sightings.wait(mine, true);
    let told = false;
    const driver = sightings.wait(theirs, false).then(() => told = true);
    await sightings.look();
    assert.equal(sightings.of(mine).held, true);
    for (const lease of leases) await lease!.release();
    assert.equal(await worker, "free");
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(told, false);
    await publish(other, theirs);
    await driver;
  }));

Deno.test("Sightings.wait() takes over from a machine that went silent, by missed heartbeats alone, whatever its clock says", async () => {
  for (const skew of [0, -1e9, 1e9]) {
    await withSightings(async ({ folder, other, sightings }) => {
      const key = hash("key");
      await other.lease(key);
      // A process of another machine: its number says nothing here, even if no process of this machine has it.
      const path = join(folder, "leases", key);
      const holder = unseal(await Deno.readTextFile(path)) as Record<string, unknown>;
      const token = crypto.randomUUID();
      await Deno.remove(path);
      const owner = join(folder, "leases/owners", `${token}.json`);
      await Deno.writeFile(
        owner,
        seal({ ...holder, token, machine: "elsewhere", host: "elsewhere", pid: 2 ** 22 + 1 }),
      );
      await Deno.link(owner, path);
      let seen: string | undefined;
      const waiting = sightings.wait(key, true).then((result) => seen = result);
      for (let beat = 0; beat < 15; beat++) {
        const time = new Date(Date.now() + skew + beat);
        await Deno.utime(owner, time, time);
        await new Promise((resolve) => setTimeout(resolve, 25));
        assert.equal(seen, undefined, "it was alive");
      }
      const silent = performance.now();
      await waiting;
      assert.equal(seen, "free");
      assert.ok(performance.now() - silent >= 100, "it was taken before its heartbeats were missed");
    });
  }
});

Deno.test("Sightings.wait() rejects with a failure that another process told, and when it is stopped", () =>
  withSightings(async ({ other, sightings, failures }) => {
    const [failed, left] = [hash("failed"), hash("left")];
    for (const key of [failed, left]) await other.lease(key);
    const waiting = [sightings.wait(failed, true), sightings.wait(left, true)];
    const ends = Promise.allSettled(waiting);
    failures.set(failed, "Cannot do it");
    await assert.rejects(waiting[0]!, /^Error: Cannot do it$/);
    await assert.rejects(sightings.wait(failed, false), /Cannot do it/);
    sightings.stop();
    await assert.rejects(waiting[1]!, InterruptedError);
    await assert.rejects(sightings.wait(left, true), InterruptedError);
    await ends;
  }));

Deno.test("Sightings sees 10,000 branches in one look that takes less than a second", () =>
  withSightings(async ({ folder, other, sightings }) => {
    const keys = Array.from({ length: 10_000 }, (_, i) => hash(`${i}`));
    await publish(other, keys[0]!);
    const record = await Deno.readFile(join(folder, "records", keys[0]!.slice(0, 2), `${keys[0]}.json`));
    for (const key of keys) {
      const shard = join(folder, "records", key.slice(0, 2));
      await Deno.mkdir(shard, { recursive: true });
      await Deno.writeFile(join(shard, `${key}.json`), record);
    }
    sightings.expect(keys);
    const began = performance.now();
    await sightings.look();
    assert.ok(performance.now() - began < 1000, `it took ${performance.now() - began} ms`);
    assert.ok(keys.every((key) => sightings.of(key).stored));
  }));

Deno.test("Listing.records() finds what is there and nothing else, one by one or by folders", () =>
  withFolder(async (folder) => {
    await using store = await Store.open(folder);
    const keys = Array.from({ length: 600 }, (_, i) => hash(`${i}`));
    const stored = keys.filter((_, i) => i % 3 === 0);
    for (const key of stored) await publish(store, key);
    const listing = new Listing(folder);
    assert.deepEqual((await listing.records(new Set(keys))).sort(), [...stored].sort());
    assert.deepEqual(await listing.records(new Set([keys[0]!, keys[1]!])), [keys[0]]);
    assert.equal(await listing.writtenMs(keys[1]!), undefined);
    const age = Date.now() - (await listing.writtenMs(keys[0]!))!;
    assert.ok(Math.abs(age) < 60_000);
    assert.deepEqual(await new Listing(join(folder, "nowhere")).leases(), new Set());
  }));
