/** @file Random and mutated files in a store: clear errors or absence, never a wrong hit. */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  collect,
  DamagedObjectError,
  digestTable,
  hash,
  MissingObjectError,
  Store,
  StoreOpenError,
  StoreWriteError,
  type TableData,
  verify,
} from "engram/cache/mod.ts";
import { seal } from "engram/cache/sealed_json.ts";
import { filesUnder, publish, Scores, scores, withFolder } from "./helpers.ts";

/** Longest that anything may take here: the tables are tiny. */
const PATIENCE_MS = 10_000;

const KEYS = [hash("zero"), hash("one"), hash("two")] as const;
const DIGESTS = KEYS.map((_, seed) => digestTable(Scores, scores(seed)));

/** What may be done to a file. */
type Mutation =
  | { readonly kind: "replace"; readonly bytes: Uint8Array }
  | { readonly kind: "flip"; readonly at: number; readonly bit: number }
  | { readonly kind: "cut"; readonly at: number }
  | { readonly kind: "insert"; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: "swap"; readonly other: number }
  | { readonly kind: "seal"; readonly value: unknown }
  | { readonly kind: "folder" }
  | { readonly kind: "remove" };

function mutations(): fc.Arbitrary<Mutation> {
  const bytes = fc.uint8Array({ maxLength: 300 });
  const at = fc.double({ min: 0, max: 1, noNaN: true });
  return fc.oneof(
    fc.record({ kind: fc.constant("replace"), bytes }),
    fc.record({ kind: fc.constant("flip"), at, bit: fc.nat(7) }),
    fc.record({ kind: fc.constant("cut"), at }),
    fc.record({ kind: fc.constant("insert"), at, bytes }),
    fc.record({ kind: fc.constant("swap"), other: fc.nat(100) }),
    fc.record({ kind: fc.constant("seal"), value: fc.jsonValue() }),
    fc.record({ kind: fc.constant("folder") }),
    fc.record({ kind: fc.constant("remove") }),
  );
}

async function mutate(files: readonly string[], path: string, mutation: Mutation): Promise<void> {
  const before = await Deno.readFile(path);
  const position = "at" in mutation ? Math.floor(mutation.at * before.length) : 0;
  await Deno.remove(path);
  switch (mutation.kind) {
    case "replace":
      return await Deno.writeFile(path, mutation.bytes);
    case "flip":
      before[position]! ^= 1 << mutation.bit;
      return await Deno.writeFile(path, before);
    case "cut":
      return await Deno.writeFile(path, before.subarray(0, position));
    case "insert": {
      const parts = [before.subarray(0, position), mutation.bytes, before.subarray(position)];
      return await Deno.writeFile(path, Uint8Array.from(parts.flatMap((part) => [...part])));
    }
    case "swap": {
      const other = files[mutation.other % files.length]!;
      return other === path ? await Deno.writeFile(path, before) : await Deno.copyFile(other, path);
    }
    case "seal": // sound by its checksum, but of anything
      return await Deno.writeFile(path, seal(mutation.value));
    case "folder":
      return await Deno.mkdir(path);
  }
}

/** A result, or one of the errors that say what is wrong; fails where it takes too long. */
async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new assert.AssertionError({ message: "It hangs" })), PATIENCE_MS);
  try {
    return await Promise.race([work(), promise]);
  } catch (error) {
    const known = [DamagedObjectError, MissingObjectError, StoreOpenError, StoreWriteError];
    if (!known.some((Class) => error instanceof Class)) throw error;
    assert.match((error as Error).message, /^Cannot .* "/s);
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** Uses all that a store has, and checks that whatever it gives is what was put there. */
async function exercise(directory: string): Promise<void> {
  const warnings: string[] = [];
  const store = await attempt(() => Store.open(directory, { warn: (message) => warnings.push(message) }));
  if (store === undefined) return;
  await attempt(() => collect(store, { keepLast: 1, grace: 0, dryRun: true }));
  for (const [seed, key] of KEYS.entries()) {
    const record = await attempt(() => store.findRecord(key));
    assert.ok(record === undefined || record.key === key && record.digest === DIGESTS[seed], "a wrong hit");
    await attempt(() => store.holder(key));
    await attempt(async () => await (await store.lease(key))?.release());
  }
  for (const [seed, digest] of DIGESTS.entries()) {
    await attempt(() => store.hasObject(digest));
    const table: TableData | undefined = await attempt(() => store.readTable(Scores, digest));
    if (table !== undefined) assert.deepEqual(table, scores(seed));
  }
  const note = await attempt(() => store.readNote("runs", "first"));
  if (note !== undefined) assert.deepEqual(note, { at: 1 });
  await attempt(() => Array.fromAsync(store.listNotes("runs")));
  await attempt(() => verify(store));
  // Whatever was damaged is out of the way: all can be made again.
  for (const [seed, key] of KEYS.entries()) assert.equal((await publish(store, key, seed)).digest, DIGESTS[seed]);
  for (const [seed, digest] of DIGESTS.entries()) assert.deepEqual(await store.readTable(Scores, digest), scores(seed));
  await attempt(() => collect(store, { keepLast: 0, grace: 0 }));
  await store.close();
}

Deno.test("A store with mutated files gives right results, clear errors or absence: no crash, hang or wrong hit", async () => {
  const property = fc.asyncProperty(
    fc.array(fc.tuple(fc.nat(1000), mutations()), { minLength: 1, maxLength: 3 }),
    async (changes) => {
      await withFolder(async (directory) => {
        const store = await Store.open(directory);
        for (const [seed, key] of KEYS.entries()) await publish(store, key, seed);
        await store.writeNote("runs", "first", { at: 1 });
        await store.lease(KEYS[0]);
        for (const [file, mutation] of changes) {
          const files = (await filesUnder(directory)).map((path) => `${directory}/${path}`);
          await mutate(files, files[file % files.length]!, mutation);
        }
        await exercise(directory);
        await store.close().catch(() => {});
      });
    },
  );
  await fc.assert(property, { numRuns: 40 });
});

Deno.test("Store.open() takes any version file for what it is, or says that it is damaged", async () => {
  const texts = fc.oneof(
    fc.string(),
    fc.json(),
    fc.record({ format: fc.constant("engram store"), version: fc.jsonValue() }),
  );
  const property = fc.asyncProperty(texts, async (content) => {
    await withFolder(async (directory) => {
      const text = typeof content === "string" ? content : JSON.stringify(content);
      await Deno.writeTextFile(`${directory}/version.json`, text);
      const error = await Store.open(directory).then(() => undefined, (error: unknown) => error);
      if (error === undefined) assert.equal(JSON.parse(text).format, "engram store");
      else assert.ok(error instanceof StoreOpenError, String(error));
    });
  });
  await fc.assert(property, { numRuns: 100 });
});

Deno.test("Store never writes outside its folder, whatever it is given for a key, digest or name", async () => {
  const nasty = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "..",
      "../..",
      "../../x",
      "a/../../x",
      "..\\x",
      "/tmp/x",
      "\0",
      "C:\\x",
      "CON",
      "ab/..",
      "a\n",
      "%2e%2e",
    ),
    fc.constantFrom("../", "/", "\\").map((end) => "a".repeat(64 - end.length) + end),
  );
  await withFolder(async (outside) => {
    const store = await Store.open(`${outside}/deep/store`);
    const record = await publish(store, KEYS[0], 0);
    const property = fc.asyncProperty(nasty, async (name) => {
      const calls: (() => unknown)[] = [
        () => store.readRecord(name),
        () => store.findRecord(name),
        () => store.writeRecord({ ...record, key: name }),
        () =>
          store.writeRecord({ ...record, key: hash(name), digest: name, items: [{ digest: name, rows: 1, bytes: 1 }] }),
        () => store.hasObject(name),
        () => store.readTable(Scores, name),
        () => store.lease(name),
        () => store.holder(name),
        () => store.claim(name),
        () => store.use([name]),
      ];
      for (const call of calls) await assert.rejects(async () => await call(), TypeError);
      // Names of notes may be odd, but stay inside.
      for (const call of [() => store.writeNote(name, "key", 1), () => store.writeNote("space", name, 1)]) {
        await call().catch((error: unknown) => assert.ok(error instanceof TypeError, String(error)));
      }
    });
    await fc.assert(property, { numRuns: 150 });
    const paths = await filesUnder(outside);
    assert.deepEqual(paths.filter((path) => !path.startsWith("deep/store/")), []);
    assert.equal(await store.findRecord(KEYS[0]).then((found) => found?.digest), record.digest);
    await store.close();
  });
});
