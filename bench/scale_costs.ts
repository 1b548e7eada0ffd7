/** @file What the store's steps of one branch cost on this machine's disk, and how many file operations they are. */
import { hash, Listing, Store, type StoreRecord } from "../cache/mod.ts";

/** Milliseconds of single steps, medians over keys; a store of 10,000 records where that matters. */
export interface Costs {
  /** Taking the lease of a key without a record, and giving it back. */
  readonly lease: number;
  /** Publishing an object of 8 kB and its record. */
  readonly publish: number;
  /** Looking for a record that is not there. */
  readonly miss: number;
  /** Reading a record that somebody else made, and looking for its object. */
  readonly read: number;
  /** Seeing which of 10,000 keys have records by now, for each of them. */
  readonly see: number;
  /** Making a key from a manifest. */
  readonly key: number;
}

const KEYS = 2000;
const MANY = 10_000;
const Numbers = { name: "Numbers", columns: { value: { dtype: "float64", dims: [] } } } as const;

/** Measures them in a new store below `folder`; prints them if asked to. */
export async function measureCosts(folder: string, print: boolean): Promise<Costs> {
  const directory = await Deno.makeTempDir({ dir: folder, prefix: "engram-costs-" });
  const store = await Store.open(directory);
  try {
    const keys = Array.from({ length: KEYS }, (_, i) => hash("key", `${i}`));
    const miss = await median(keys, (key) => store.findRecord(key));
    const leases: number[] = [];
    const publishes: number[] = [];
    for (const [i, key] of keys.entries()) {
      const value = Float64Array.from({ length: 1000 }, (_, k) => i + k);
      const [began, claim] = [performance.now(), await store.claim(key)];
      const claimed = performance.now();
      const { digest, rows, bytes } = await store.writeTable(Numbers, { value });
      await store.writeRecord(recordOf(key, digest, rows, bytes));
      const published = performance.now();
      await claim!.lease!.release();
      leases.push(claimed - began + performance.now() - published);
      publishes.push(published - claimed);
    }
    const other = await Store.open(directory);
    const read = await median(keys, (key) => other.findRecord(key));
    const many = new Set(Array.from({ length: MANY }, (_, i) => hash("key", `${i}`)));
    const listing = new Listing(directory);
    const began = performance.now();
    await listing.records(many);
    const see = (performance.now() - began) / MANY;
    const key = await median(keys, (_, i) => Promise.resolve(hash("key", "1", JSON.stringify({ a: i, ...MANIFEST }))));
    const costs = { lease: middle(leases), publish: middle(publishes), miss, read, see, key };
    if (print) {
      console.log(`| step (medians of ${KEYS}) | ms |\n| --- | ---: |`);
      for (const [name, ms] of Object.entries(costs)) console.log(`| ${name} | ${ms.toFixed(3)} |`);
      console.log(`| lease + publish | ${(costs.lease + costs.publish).toFixed(3)} |`);
    }
    return costs;
  } finally {
    await store.close();
    await Deno.remove(directory, { recursive: true });
  }
}

const MANIFEST = {
  stage: "bench",
  code: { digest: hash("code") },
  params: {},
  unkeyed: [],
  inputs: { numbers: hash("input") },
  files: [],
  branch: hash("branch"),
  numerics: "portable",
} as const;

function recordOf(key: string, digest: string, rows: number, bytes: number): StoreRecord {
  return {
    version: 1,
    key,
    type: "Numbers",
    items: [{ digest, rows, bytes }],
    digest,
    manifest: MANIFEST,
    cost: { seconds: 0 },
    when: new Date().toISOString(),
    environment: {},
  };
}

async function median<T>(items: readonly T[], step: (item: T, at: number) => Promise<unknown>): Promise<number> {
  const taken: number[] = [];
  for (const [at, item] of items.entries()) {
    const began = performance.now();
    await step(item, at);
    taken.push(performance.now() - began);
  }
  return middle(taken);
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
