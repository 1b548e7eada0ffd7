/** @file Prepares a node whose inputs are known: its branches, their keys, and which of them are cached. */
import { digestItems, type RecordItem, type Store, type StoreRecord, StoreWriteError } from "../cache/mod.ts";
import type { GraphNode } from "../dsl/mod.ts";
import type { CodeDigest, CodeIndex } from "./code/index.ts";
import { fileDigest } from "./files.ts";
import { type InputDigest, keyOf, type Manifest, manifestOf } from "./key.ts";

/** The output of a node: one item, or those of a collection, and the digest of it all. */
export interface Result {
  readonly items: readonly RecordItem[];
  readonly digest: string;
}

/** One branch of a node: its key, and the record if it was ever computed. */
export interface Branch {
  readonly index: number;
  readonly key: string;
  readonly manifest: Manifest;
  record: StoreRecord | undefined;
}

/** A node with its keys. A node that maps over nothing has one branch, whose key is the node's. */
export interface Prepared {
  readonly key: string;
  readonly manifest: Manifest;
  readonly code: CodeDigest;
  /** How many branches it has. */
  readonly total: number;
  /** The result, if all of it is stored. */
  readonly known: Result | undefined;
  /** The branches with their records, looked up when they are first asked for. */
  branches(): Promise<readonly Branch[]>;
}

/** Up to so many items are looked for before a result counts as stored; of more, what is missing is made again later. */
const LOOKED_FOR = 1000;

/**
 * Works out a node's keys from the results its inputs are wired to, and looks them up. `warn` is given where this
 * process is going to use what it finds: then no other frees it meanwhile, or the warning says why that is not sure.
 */
export async function prepare(
  { node, inputs }: GraphNode,
  results: ReadonlyMap<string, Result>,
  store: Store,
  codes: CodeIndex,
  warn?: (message: string) => void,
): Promise<Prepared> {
  const { stage, params } = node;
  const digests: Record<string, InputDigest> = {};
  for (const [name, wire] of Object.entries(inputs)) {
    digests[name] = typeof wire === "string"
      ? results.get(wire)!.digest
      : Object.entries(wire).map(([key, id]) => [key, results.get(id)!.digest] as const);
  }
  const code = await codes.digest(stage);
  const paths = stage.files?.(params as never) ?? [];
  const files = await Promise.all(paths.map((path) => fileDigest(store, path)));
  const manifest = manifestOf(stage, code, params, digests, files, "");
  const key = keyOf(manifest);
  const mapped = stage.over === undefined ? undefined : results.get(inputs[stage.over] as string)!.items;

  async function lookUp(): Promise<readonly Branch[]> {
    const manifests =
      mapped?.map(({ digest }) =>
        manifestOf(stage, code, params, { ...digests, [stage.over!]: digest }, files, digest)
      ) ?? [manifest];
    const keys = mapped === undefined ? [key] : manifests.map(keyOf);
    await use(store, [key, ...keys], warn);
    return await Promise.all(keys.map(async (branchKey, index): Promise<Branch> => {
      return { index, key: branchKey, manifest: manifests[index]!, record: await stored(store, branchKey) };
    }));
  }
  let found: Promise<readonly Branch[]> | undefined;
  function branches(): Promise<readonly Branch[]> {
    return found ??= lookUp();
  }
  await use(store, [key], warn);
  const known = mapped === undefined
    ? resultOf(node, await branches())
    : await stored(store, key) ?? resultOf(node, await branches());
  return { key, manifest, code, total: mapped?.length ?? 1, known, branches };
}

/** Tells the store what is going to be used. What is stored can be used all the same where that cannot be written. */
async function use(
  store: Store,
  keys: readonly string[],
  warn: ((message: string) => void) | undefined,
): Promise<void> {
  if (warn === undefined || !store.writable) return;
  try {
    await store.use(keys);
  } catch (error) {
    if (!(error instanceof StoreWriteError)) throw error;
    warn(`${error.message}; gc in another process could free what this run is using`);
  }
}

/**
 * The record of a key whose items are there. For a mapped node it is its index record, which lists the items of all its
 * branches, so that a zoo of any size is found with one look.
 */
async function stored(store: Store, key: string): Promise<StoreRecord | undefined> {
  const record = await store.readRecord(key);
  return record === undefined || record.items.length > LOOKED_FOR ? record : await store.findRecord(key);
}

/** Publishes the index record of a mapped node whose branches are all stored. `replace`: some of them are new. */
export async function publishIndex(
  store: Store,
  { node }: GraphNode,
  { key, manifest }: Prepared,
  branches: readonly Branch[],
  { items, digest }: Result,
  replace: boolean,
): Promise<void> {
  if (node.stage.over === undefined || !store.writable) return;
  const records = branches.map(({ record }) => record!);
  await store.writeRecord({
    version: 1,
    key,
    type: node.type.name,
    items,
    digest,
    manifest,
    cost: { seconds: records.reduce((sum, { cost }) => sum + cost.seconds, 0) },
    when: new Date().toISOString(),
    environment: records[0]?.environment ?? {},
  }, { replace });
}

/** The result of a node all of whose branches have records. */
export function resultOf({ stage, type }: GraphNode["node"], branches: readonly Branch[]): Result | undefined {
  const records = branches.map(({ record }) => record);
  if (!records.every((record) => record !== undefined)) return undefined;
  if (stage.over === undefined) return { items: records[0]!.items, digest: records[0]!.digest };
  const items = records.flatMap((record) => record.items);
  return { items, digest: digestItems(type.name, items.map(({ digest }) => digest)) };
}
