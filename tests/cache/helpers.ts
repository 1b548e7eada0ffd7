/** @file Shared by the store's tests: a store in a temporary folder, a small table, a record. */
import { Store, type StoreRecord, type TableData, type TableType } from "engram/cache/mod.ts";

/** One row an example. */
export const Scores: TableType = {
  name: "Scores",
  columns: { example: { dtype: "uint32", dims: [] }, score: { dtype: "float64", dims: [] } },
};

/** A table of `rows` scores that depends on `seed`. */
export function scores(seed: number, rows = 10): TableData {
  return {
    example: Uint32Array.from({ length: rows }, (_, i) => i),
    score: Float64Array.from({ length: rows }, (_, i) => seed + i / rows),
  };
}

/** A store, its folder, and the warnings it gave. */
export interface Trial {
  readonly store: Store;
  readonly directory: string;
  readonly warnings: string[];
}

/** Runs a test with a new store, and removes it afterwards. */
export async function withStore(test: (trial: Trial) => Promise<void>): Promise<void> {
  await withFolder(async (directory) => {
    const warnings: string[] = [];
    const store = await Store.open(directory, { warn: (message) => warnings.push(message) });
    await test({ store, directory, warnings });
  });
}

/** Runs a test with a new folder, and removes it afterwards. */
export async function withFolder(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "engram-cache-" });
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Writes a table and the record of a key that leads to it. */
export async function publish(store: Store, key: string, seed: number): Promise<StoreRecord> {
  const item = await store.writeTable(Scores, scores(seed));
  return store.writeRecord({
    version: 1,
    key,
    type: Scores.name,
    items: [item],
    digest: item.digest,
    manifest: { seed, rho: Infinity },
    cost: { seconds: 0.5 },
    when: "2026-11-22T00:00:00.000Z",
    environment: { device: "cpu" },
  });
}

/** Paths of all files under a folder, relative to it, sorted. */
export async function filesUnder(directory: string, prefix = ""): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${directory}/${prefix}`)) {
    if (isDirectory) found.push(...await filesUnder(directory, `${prefix}${name}/`));
    else found.push(prefix + name);
  }
  return found.sort();
}

/** Path of an object's file. */
export function objectPath(directory: string, digest: string): string {
  return `${directory}/objects/${digest.slice(0, 2)}/${digest}.arrow`;
}
