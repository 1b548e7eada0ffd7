/** @file What the store does with objects that were damaged. */
import assert from "node:assert/strict";
import { DamagedObjectError, encodeTable, hash, MissingObjectError, Store } from "engram/cache/mod.ts";
import { filesUnder, objectPath, publish, Scores, scores, type Trial, withStore } from "./helpers.ts";

/** Damages an object's file in place, and checks that reading it names the damage and sets the file aside. */
async function damages(
  change: (bytes: Uint8Array, trial: Trial) => Promise<Uint8Array>,
  reason: RegExp,
): Promise<void> {
  await withStore(async (trial) => {
    const { store, directory } = trial;
    const { digest } = await store.writeTable(Scores, scores(1));
    const path = objectPath(directory, digest);
    await Deno.writeFile(path, await change(await Deno.readFile(path), trial));
    const error = await store.readTable(Scores, digest).then(() => undefined, (error: unknown) => error);
    assert.ok(error instanceof DamagedObjectError, `the damage was not seen: ${error}`);
    assert.match(error.message, reason);
    assert.match(error.message, /run its stage again/);
    assert.equal(error.path, path);
    assert.ok((await Deno.stat(error.setAside!)).isFile);
    await assert.rejects(store.readTable(Scores, digest), MissingObjectError);
    assert.equal(await store.hasObject(digest), false);
    await store.writeTable(Scores, scores(1));
    assert.deepEqual(await store.readTable(Scores, digest), scores(1));
  });
}

Deno.test("Store.readTable() sets aside an object with a byte flipped anywhere", async () => {
  const size = (await encodeTable(Scores, scores(1))).length;
  await withStore(async ({ store, directory }) => {
    const { digest, bytes: length } = await store.writeTable(Scores, scores(1));
    const path = objectPath(directory, digest);
    const whole = await Deno.readFile(path);
    for (let position = 0; position < length; position += position < size - 40 ? 7 : 1) {
      const bytes = whole.slice();
      bytes[position]! ^= 1 << (position % 8);
      await Deno.writeFile(path, bytes);
      await assert.rejects(store.readTable(Scores, digest), DamagedObjectError, `byte ${position} of ${length}`);
    }
  });
});

Deno.test("Store.readTable() sets aside a truncated object", async () => {
  await damages((bytes) => Promise.resolve(bytes.slice(0, -1)), /does not end as an Arrow file does/);
  await damages((bytes) => Promise.resolve(bytes.slice(0, 100)), /does not end as an Arrow file does/);
  await damages((bytes) => Promise.resolve(bytes.slice(0, 3)), /does not end as an Arrow file does/);
  await damages((bytes) => Promise.resolve(bytes.slice(8)), /bytes, and was written with/);
});

Deno.test("Store.readTable() sets aside an emptied object, and one of something else", async () => {
  await damages(() => Promise.resolve(new Uint8Array(0)), /the file is empty/);
  await damages((bytes) => Promise.resolve(bytes.fill(0)), /does not end as an Arrow file does/);
  await damages(() => Promise.resolve(new TextEncoder().encode("{}\n")), /does not end as an Arrow file does/);
});

Deno.test("Store.readTable() sets aside another object under its name, and an Arrow file of another writer", async () => {
  await damages(async (_, { store, directory }) => {
    const other = await store.writeTable(Scores, scores(2));
    return Deno.readFile(objectPath(directory, other.digest));
  }, /it is another object, of digest/);
  await damages(() => encodeTable(Scores, scores(1)), /it has no seal/);
});

Deno.test("Store.hasObject() sees truncated, emptied and foreign objects without reading them", async () => {
  await withStore(async ({ store, directory }) => {
    const { digest } = await store.writeTable(Scores, scores(1));
    const path = objectPath(directory, digest);
    const whole = await Deno.readFile(path);
    assert.equal(await store.hasObject(digest), true);
    const other = await store.writeTable(Scores, scores(2));
    const foreign = await Deno.readFile(objectPath(directory, other.digest));
    for (
      const bytes of [whole.slice(0, -8), new Uint8Array(0), new Uint8Array(whole.length), whole.slice(8), foreign]
    ) {
      await Deno.writeFile(path, bytes);
      assert.equal(await store.hasObject(digest), false);
    }
    await Deno.writeFile(path, whole);
    assert.equal(await store.hasObject(digest), true);
  });
});

Deno.test("Store.readTable() sees a change after it has read a file once, though the length is the same", async () => {
  await withStore(async ({ store, directory }) => {
    const { digest } = await store.writeTable(Scores, scores(1));
    const path = objectPath(directory, digest);
    const old = new Date(Date.now() - 60_000);
    await Deno.utime(path, old, old); // old enough for the memo of checked files
    await store.readTable(Scores, digest);
    const bytes = await Deno.readFile(path);
    bytes[400]! ^= 1;
    await Deno.writeFile(path, bytes);
    await assert.rejects(store.readTable(Scores, digest), DamagedObjectError);
  });
});

Deno.test("Store.writeTable() replaces a damaged object that is there", async () => {
  await withStore(async ({ store, directory }) => {
    const { digest } = await store.writeTable(Scores, scores(1));
    const path = objectPath(directory, digest);
    const bytes = await Deno.readFile(path);
    bytes[400]! ^= 1;
    await Deno.writeFile(path, bytes);
    await (await Store.open(directory)).writeTable(Scores, scores(1));
    assert.deepEqual(await store.readTable(Scores, digest), scores(1));
    assert.equal((await filesUnder(`${directory}/damaged`)).length, 1);
  });
});

Deno.test("Store.readRecord() sets a damaged record aside with a warning, and it can be written again", async () => {
  const key = hash("key");
  const damage: Readonly<Record<string, (text: string) => string>> = {
    "a changed value": (text) => text.replace('"seconds":0.5', '"seconds":0.6'),
    truncation: (text) => text.slice(0, -3),
    emptiness: () => "",
    "another key's record": (text) => text.replaceAll(key, hash("other")),
  };
  for (const [name, change] of Object.entries(damage)) {
    await withStore(async ({ store, directory, warnings }) => {
      const record = await publish(store, key, 1);
      const path = `${directory}/records/${key.slice(0, 2)}/${key}.json`;
      await Deno.writeTextFile(path, change(await Deno.readTextFile(path)));
      assert.equal(await store.readRecord(key), undefined, name);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0]!, /Cannot read ".*", so it counts as absent \(moved to ".*damaged/);
      assert.deepEqual(await publish(store, key, 1), record);
      assert.deepEqual(await store.readRecord(key), record);
    });
  }
});

Deno.test("Store.writeRecord() replaces a damaged record that stands in its way", async () => {
  await withStore(async ({ store, directory, warnings }) => {
    const key = hash("key");
    await publish(store, key, 1);
    await Deno.writeTextFile(`${directory}/records/${key.slice(0, 2)}/${key}.json`, "");
    const record = await publish(store, key, 2);
    assert.deepEqual(await store.readRecord(key), record);
    assert.equal(warnings.length, 1);
  });
});

Deno.test("Store.readRecord() sets aside a sound record that was copied to another key", async () => {
  await withStore(async ({ store, directory, warnings }) => {
    const [key, other] = [hash("key"), hash("other")];
    await publish(store, key, 1);
    await publish(store, other, 2);
    const [from, to] = [key, other].map((key) => `${directory}/records/${key.slice(0, 2)}/${key}.json`) as [
      string,
      string,
    ];
    await Deno.copyFile(from, to);
    assert.equal(await store.readRecord(other), undefined);
    assert.match(warnings[0]!, /it is of key/);
  });
});

Deno.test("Store.readNote() sets a damaged note aside with a warning", async () => {
  await withStore(async ({ store, directory, warnings }) => {
    await store.writeNote("runs", "first", { a: 1 });
    await Deno.writeTextFile(`${directory}/notes/runs/fi/first.json`, '{"a":1}');
    assert.equal(await store.readNote("runs", "first"), undefined);
    assert.equal(warnings.length, 1);
  });
});
