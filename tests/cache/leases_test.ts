/** @file Leases and claims: one holder a key, heirs of the dead, waiting. */
import assert from "node:assert/strict";
import { hash, Store, type StoreOptions, StoreWriteError } from "engram/cache/mod.ts";
import { seal, unseal } from "engram/cache/sealed_json.ts";
import { filesUnder, publish, withFolder } from "./helpers.ts";

const KEY = hash("key");
/** Heartbeats so quick that a test can wait for some to be missed. */
const QUICK = { leases: { beatSeconds: 0.05, missedBeats: 3 } };
/** A live process of another machine, as far as its file says. */
const STRANGER = { machine: "another machine", host: "elsewhere" };

async function withStores(count: number, test: (stores: Store[], directory: string) => Promise<void>): Promise<void> {
  await withFolder(async (directory) => {
    const stores = await Promise.all(Array.from({ length: count }, () => open(directory)));
    try {
      await test(stores, directory);
    } finally {
      for (const store of stores) await store.close();
    }
  });
}

function open(directory: string, options: StoreOptions = QUICK): Promise<Store> {
  return Store.open(directory, options);
}

/** Rewrites what a lease says of its holder, as if someone else had taken it. */
async function disguise(directory: string, name: string, changes: Readonly<Record<string, unknown>>): Promise<void> {
  const path = `${directory}/leases/${name}`;
  const holder = unseal(await Deno.readTextFile(path)) as Record<string, unknown>;
  await Deno.writeFile(path, seal({ ...holder, ...changes }));
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

Deno.test("Store.lease() gives a key to one, and to the next when it is released", async () => {
  await withStores(2, async ([a, b], directory) => {
    const lease = await a!.lease(KEY);
    assert.ok(lease);
    assert.equal(await a!.lease(KEY), undefined);
    assert.equal(await b!.lease(KEY), undefined);
    assert.ok(await b!.lease(hash("other")));
    await lease.release();
    await lease.release();
    assert.ok(await b!.lease(KEY));
    await lease.release(); // a second release takes nothing from the next holder
    assert.equal(await a!.lease(KEY), undefined);
    await a!.close();
    await b!.close();
    assert.deepEqual(await filesUnder(`${directory}/leases`), []);
  });
});

Deno.test("Store.lease() gives a key to one of many who ask at once", async () => {
  await withStores(6, async (stores) => {
    for (let round = 0; round < 10; round++) {
      const leases = (await Promise.all(stores.map((store) => store.lease(KEY)))).filter((lease) =>
        lease !== undefined
      );
      assert.equal(leases.length, 1);
      await leases[0]!.release();
    }
  });
});

Deno.test("Store.holder() says who holds a lease, and undefined once nobody does", async () => {
  await withFolder(async (directory) => {
    await using store = await open(directory, { leases: { purpose: "run 7" } });
    assert.equal(await store.holder(KEY), undefined);
    const lease = await store.lease(KEY);
    const { pid, host, purpose, since } = (await (await open(directory)).holder(KEY))!;
    assert.deepEqual({ pid, host, purpose }, { pid: Deno.pid, host: Deno.hostname(), purpose: "run 7" });
    assert.ok(Math.abs(Date.parse(since) - Date.now()) < 60_000);
    await lease!.release();
    assert.equal(await store.holder(KEY), undefined);
  });
});

Deno.test("Store.lease() takes over at once from a process of this machine that died", async () => {
  const child = new Deno.Command(Deno.execPath(), { args: ["eval", ""] }).spawn();
  await child.status;
  await withStores(2, async ([a, b], directory) => {
    await a!.lease(KEY);
    await disguise(directory, KEY, { pid: child.pid });
    assert.equal(await b!.holder(KEY), undefined);
    assert.ok(await b!.lease(KEY));
    assert.equal((await a!.holder(KEY))?.pid, Deno.pid);
  });
});

Deno.test("Store.lease() sees that a process number was given to another process", async () => {
  await withStores(2, async ([a, b], directory) => {
    await a!.lease(KEY);
    await disguise(directory, KEY, { started: "1" });
    assert.ok(await b!.lease(KEY));
  });
});

Deno.test("Store.lease() leaves a lease of another machine alone while its owner's heart beats", async () => {
  for (const skew of [0, -1e9, 1e9]) {
    await withStores(2, async ([a, b], directory) => {
      await a!.lease(KEY);
      await disguise(directory, KEY, STRANGER);
      const [owner] = await filesUnder(`${directory}/leases/owners`);
      const path = `${directory}/leases/owners/${owner}`;
      // The clock of the other machine is wrong, by days even; it moves on, which is all that counts.
      for (let beat = 0; beat < 12; beat++) {
        const time = new Date(Date.now() + skew);
        await Deno.utime(path, time, time);
        assert.equal(await b!.lease(KEY), undefined);
        await sleep(30);
      }
      await a!.close();
    });
  }
});

Deno.test("Store.lease() takes over from a machine that went silent, once, however many wait", async () => {
  await withStores(5, async ([dead, ...heirs], directory) => {
    await dead!.lease(KEY);
    await disguise(directory, KEY, { ...STRANGER, token: crypto.randomUUID() });
    const [owner] = await filesUnder(`${directory}/leases/owners`);
    const { token } = unseal(await Deno.readTextFile(`${directory}/leases/${KEY}`)) as { token: string };
    await Deno.copyFile(`${directory}/leases/owners/${owner}`, `${directory}/leases/owners/${token}.json`);
    const started = performance.now();
    const takers: number[] = [];
    await Promise.all(heirs.map(async (heir, i) => {
      for (let tries = 0; tries < 100 && takers.length === 0; tries++) {
        if (await heir.lease(KEY) !== undefined) takers.push(i);
        await sleep(10);
      }
    }));
    assert.equal(takers.length, 1);
    assert.ok(performance.now() - started >= 150, "it was taken before three beats were missed");
    assert.equal((await dead!.holder(KEY))?.host, Deno.hostname());
    await heirs[takers[0]!]!.close();
    assert.equal(await dead!.holder(KEY), undefined);
  });
});

Deno.test("Store.lease() is not fooled by its own sleep: no beat is missed that nobody looked for", async () => {
  await withStores(2, async ([a, b], directory) => {
    await a!.lease(KEY);
    await disguise(directory, KEY, { ...STRANGER, token: crypto.randomUUID() });
    const { token } = unseal(await Deno.readTextFile(`${directory}/leases/${KEY}`)) as { token: string };
    await Deno.writeTextFile(`${directory}/leases/owners/${token}.json`, "");
    for (let look = 0; look < 3; look++) { // two intervals end here, though many have passed
      assert.equal(await b!.lease(KEY), undefined);
      await sleep(200);
    }
    assert.ok(await b!.lease(KEY));
  });
});

Deno.test("Store.lease() never has two holders while heirs of the dead take, release and take again", async () => {
  await withStores(6, async (stores, directory) => {
    for (let round = 0; round < 40; round++) {
      const planted = await stores[0]!.lease(hash("other"));
      const dead = unseal(await Deno.readTextFile(`${directory}/leases/${hash("other")}`)) as Record<string, unknown>;
      await planted!.release();
      await Deno.writeFile(`${directory}/leases/${KEY}`, seal({ ...dead, token: crypto.randomUUID(), started: "1" }));
      let holders = 0;
      await Promise.all(stores.map(async (store) => {
        for (let turn = 0; turn < 6; turn++) {
          const lease = await store.lease(KEY);
          if (lease === undefined) continue;
          assert.equal(++holders, 1, "two hold one lease");
          if (turn % 2 === 0) await sleep(0);
          holders--;
          await lease.release();
        }
      }));
      assert.equal(await stores[0]!.holder(KEY), undefined);
    }
  });
});

Deno.test("Store.lease() takes over a chain of heirs that died one after the other", async () => {
  await withStores(4, async (stores, directory) => {
    const names = async () => (await filesUnder(`${directory}/leases`)).filter((name) => name.startsWith(KEY));
    await stores[0]!.lease(hash("other")); // makes the folder
    for (const store of stores) {
      for (const name of await names()) await disguise(directory, name, { started: "1" }); // everyone so far is dead
      assert.ok(await store.lease(KEY));
    }
    assert.equal((await names()).length, stores.length);
    await stores.at(-1)!.close();
    assert.deepEqual(await names(), []);
  });
});

Deno.test("Store.lease() survives leases that are no leases: in the end the key can be had", async () => {
  for (const content of ["", "{}", "x".repeat(1000), '{"sha256":"","value":{}}\n']) {
    await withStores(1, async ([store], directory) => {
      await store!.lease(hash("other")); // makes the folder
      await Deno.writeTextFile(`${directory}/leases/${KEY}`, content);
      assert.equal((await store!.holder(KEY))?.host, "unknown");
      assert.equal(await store!.lease(KEY), undefined);
      assert.equal(await store!.waitFor(KEY), undefined);
      const lease = await store!.lease(KEY);
      await lease!.release();
      assert.equal(await store!.holder(KEY), undefined);
    });
  }
});

Deno.test("Store.lease() does not trust a holder's token as a path, nor an interval without end", async () => {
  await withStores(2, async ([a, b], directory) => {
    await a!.lease(KEY);
    for (const changes of [{ token: "../../../escape" }, { beatSeconds: 1e12 }, { pid: -1 }]) {
      await disguise(directory, KEY, changes);
      assert.equal((await b!.holder(KEY))?.damaged, true);
    }
    await assert.rejects(async () => await b!.lease("../../x"), /as a key: give 64/);
  });
});

Deno.test("Store.claim() gives the lease, then the record; waitFor() resolves with what the holder made", async () => {
  await withStores(2, async ([a, b]) => {
    const claim = await a!.claim(KEY);
    assert.ok(claim?.lease);
    assert.equal(await b!.claim(KEY), undefined);
    const waiting = b!.waitFor(KEY);
    const record = await publish(a!, KEY, 1);
    assert.deepEqual(await waiting, record); // though the lease is still held
    await claim.lease.release();
    assert.deepEqual((await b!.claim(KEY))?.record, record);
    assert.equal(await a!.holder(KEY), undefined);
    const again = await b!.claim(KEY, { again: true });
    assert.ok(again?.lease, "a result that is to be made again gets a lease");
    const free = a!.waitFor(KEY, { again: true });
    await again.lease.release();
    assert.equal(await free, undefined);
  });
});

Deno.test("Store.waitFor() resolves with undefined when the holder gives up, and rejects when told to stop", async () => {
  await withStores(2, async ([a, b]) => {
    const lease = await a!.lease(KEY);
    const waiting = b!.waitFor(KEY);
    await lease!.release();
    assert.equal(await waiting, undefined);
    await a!.lease(KEY);
    const controller = new AbortController();
    const stopped = b!.waitFor(KEY, { signal: controller.signal });
    controller.abort(new Error("Stopped by the test"));
    await assert.rejects(stopped, /Stopped by the test/);
  });
});

Deno.test("Store.close() gives back hundreds of leases", async () => {
  await withStores(2, async ([a, b], directory) => {
    const keys = Array.from({ length: 500 }, (_, i) => hash(String(i)));
    for (const key of keys) assert.ok(await a!.lease(key));
    assert.equal(await b!.lease(keys[250]!), undefined);
    await a!.close();
    assert.ok(await b!.lease(keys[250]!));
    await b!.close();
    assert.deepEqual(await filesUnder(`${directory}/leases`), []);
  });
});

Deno.test("Store.lease() says that a disk can not be written", async () => {
  await withStores(1, async ([store], directory) => {
    await Deno.writeTextFile(`${directory}/leases`, "a file in the way");
    await assert.rejects(store!.lease(KEY), StoreWriteError);
    await Deno.remove(`${directory}/leases`);
    assert.ok(await store!.lease(KEY), "the next attempt is a new one");
  });
});
