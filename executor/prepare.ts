/** @file Prepares a node whose inputs are known: its branches, their keys, and which of them are cached. */
import { digestItems, type RecordItem, type Store } from "../cache/mod.ts";
import type { GraphNode } from "../dsl/mod.ts";
import { Branch, type Found } from "./branch.ts";
import type { CodeDigest, CodeIndex } from "./code/index.ts";
import { recallFamily, rememberFamily } from "./family.ts";
import { fileDigest } from "./files.ts";
import { familyOf, type InputDigest, type Manifest, manifestOf } from "./key.ts";
import { stored, use, type Warn } from "./lookup.ts";

/** The output of a node: one item, or those of a collection, and the digest of it all. */
export interface Result {
  readonly items: readonly RecordItem[];
  readonly digest: string;
}

/** What a node maps over. */
export interface Mapped {
  readonly items: readonly RecordItem[];
  /** What the node has in common with those that map the same over other collections. */
  readonly family: string;
}

/** A node with its keys. A node that maps over nothing has one branch, whose key is the node's. */
export interface Prepared {
  readonly key: string;
  readonly manifest: Manifest;
  readonly code: CodeDigest;
  readonly mapped: Mapped | undefined;
  /** How many branches it has. */
  readonly total: number;
  /** The result, if all of it is stored. */
  readonly known: Result | undefined;
  /** Whether the result of all branches is stored as one, so that it is found with one look. */
  readonly indexed: boolean;
  /** The branches and what is stored of them, looked up when they are first asked for. */
  branches(): Promise<readonly Branch[]>;
}

/**
 * Works out a node's keys from the results its inputs are wired to, and looks them up. `warn` is given where this
 * process is going to use what it finds: then no other frees it meanwhile, or the warning says why that is not sure.
 */
export async function prepare(
  { node, inputs }: GraphNode,
  results: ReadonlyMap<string, Result>,
  store: Store,
  codes: CodeIndex,
  warn?: Warn,
): Promise<Prepared> {
  const { stage, params } = node;
  const { over } = stage;
  const digests: Record<string, InputDigest> = {};
  for (const [name, wire] of Object.entries(inputs)) {
    digests[name] = typeof wire === "string"
      ? results.get(wire)!.digest
      // Whoever calls this has waited for all: one that is not there could not be made, and is left out.
      : Object.entries(wire).filter(([, id]) => results.has(id)).map(([key, id]) => {
        return [key, results.get(id)!.digest] as const;
      });
  }
  const code = await codes.digest(stage);
  const paths = stage.files?.(params as never) ?? [];
  const files = await Promise.all(paths.map((path) => fileDigest(store, path)));
  const manifest = manifestOf(stage, code, params, digests, files, "");
  const whole = new Branch(0, () => manifest);
  const { key } = whole;
  await use(store, [key], warn);
  const record = await stored(store, key);
  const base = { key, manifest, code };
  if (over === undefined) {
    whole.found = record;
    const known = resultOf(node, [whole]);
    return { ...base, mapped: undefined, total: 1, known, indexed: true, branches: () => Promise.resolve([whole]) };
  }

  const { items } = results.get(inputs[over] as string)!;
  const family = familyOf(manifest, over);
  async function lookUp(): Promise<readonly Branch[]> {
    const relatives = await recallFamily(store, family, items, warn);
    const branches = items.map(({ digest }, index) => {
      const makeManifest = () => manifestOf(stage, code, params, { ...digests, [over!]: digest }, files, digest);
      const known = relatives.get(digest);
      return new Branch(index, makeManifest, known?.key, known?.found);
    });
    const others = branches.filter(({ found }) => found === undefined);
    await use(store, others.map((branch) => branch.key), warn);
    await Promise.all(others.map(async (branch) => branch.found = await stored(store, branch.key)));
    return branches;
  }
  let looked: Promise<readonly Branch[]> | undefined;
  function branches(): Promise<readonly Branch[]> {
    return looked ??= lookUp();
  }
  const known = record ?? resultOf(node, await branches());
  return { ...base, mapped: { items, family }, total: items.length, known, indexed: record !== undefined, branches };
}

/** Publishes the index record of a mapped node whose branches are all stored. `replace`: some of them are new. */
export async function publishIndex(
  store: Store,
  { node }: GraphNode,
  { key, manifest, mapped, branches: lookUp }: Prepared,
  { items, digest }: Result,
  replace: boolean,
): Promise<void> {
  if (mapped === undefined || !store.writable) return;
  const branches = await lookUp();
  const found = branches.map((branch): Found => branch.found!);
  await store.writeRecord({
    version: 1,
    key,
    type: node.type.name,
    items,
    digest,
    manifest,
    cost: { seconds: found.reduce((sum, { cost }) => sum + cost.seconds, 0) },
    when: new Date().toISOString(),
    environment: found[0]?.environment ?? {},
  }, { replace });
  await rememberFamily(store, mapped.family, key, mapped.items, branches);
}

/** The result of a node all of whose branches are stored. */
export function resultOf({ stage, type }: GraphNode["node"], branches: readonly Branch[]): Result | undefined {
  const found = branches.map((branch) => branch.found);
  if (!found.every((result) => result !== undefined)) return undefined;
  if (stage.over === undefined) return { items: found[0]!.items, digest: found[0]!.digest };
  const items = found.flatMap((result) => result.items);
  return { items, digest: digestItems(type.name, items.map((item) => item.digest)) };
}
