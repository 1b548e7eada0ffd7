/** @file Prepares a node whose inputs are known: its branches, their keys, and which of them are cached. */
import { digestItems, type RecordItem, type Store, type StoreRecord } from "../cache/mod.ts";
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
  readonly branches: readonly Branch[];
}

/**
 * Works out a node's keys from the results its inputs are wired to, and looks them up. `use` says that this process is
 * going to use what it finds, so that no other frees it meanwhile.
 */
export async function prepare(
  { node, inputs }: GraphNode,
  results: ReadonlyMap<string, Result>,
  store: Store,
  codes: CodeIndex,
  { use = false }: { readonly use?: boolean } = {},
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
  const manifests = stage.over === undefined
    ? [manifest]
    : results.get(inputs[stage.over] as string)!.items.map(({ digest }) =>
      manifestOf(stage, code, params, { ...digests, [stage.over!]: digest }, files, digest)
    );
  const key = keyOf(manifest);
  const keys = manifests.map(keyOf);
  if (use && store.writable) await store.use([key, ...keys]);
  const branches = await Promise.all(keys.map(async (branchKey, index): Promise<Branch> => {
    return { index, key: branchKey, manifest: manifests[index]!, record: await store.findRecord(branchKey) };
  }));
  return { key, manifest, code, branches };
}

/** The result of a node all of whose branches have records. */
export function resultOf({ node }: GraphNode, { branches }: Prepared): Result | undefined {
  const records = branches.map(({ record }) => record);
  if (!records.every((record) => record !== undefined)) return undefined;
  if (node.stage.over === undefined) return { items: records[0]!.items, digest: records[0]!.digest };
  const items = records.flatMap((record) => record.items);
  return { items, digest: digestItems(node.type.name, items.map(({ digest }) => digest)) };
}
