/** @file Private releases that were ever published in a store, whatever pipeline, seed or parameters made them. */
import type { Memory, Remembered, Result } from "../executor/remembered.ts";
import type { privacy } from "../mod.ts";
import type { Executor } from "./shell.ts";

type AnyEntry = privacy.AnyEntry;
type Library = typeof import("../mod.ts");

/** Stages whose ledgers are made of others' releases, which count themselves. */
export const DERIVED = ["training-ledger", "head-ledger"];

/** What is noted of a release: its entries, and the digest of the data that a model was trained on, which entries name. */
interface Fact {
  readonly entries: readonly AnyEntry[];
  readonly data?: string;
}

/** The library, by a name that is computed: verbs would otherwise wait for a look at all its modules. */
export function library(): Promise<Library> {
  return import(new URL("../mod.ts", import.meta.url).href) as Promise<Library>;
}

/**
 * Notes what releases in a store have cost, before gc removes some of them, and says what was ever noted.
 *
 * @throws RequestError when there is no store
 */
export async function everReleased(
  executor: Executor,
  cache: string,
): Promise<readonly (Remembered & { fact: Fact })[]> {
  const { privacy } = await library();
  const memory: Memory = {
    space: "releases",
    concerns: mayBePrivate,
    factOf({ type, manifest: { inputs } }, items): Fact {
      const data = typeof inputs.data === "string" ? inputs.data : "unknown";
      const entries = items.flatMap((item, model) => {
        if (type === "Ledger") return privacy.readLedger(item as never);
        if (type === "Heads") return privacy.entriesOfHeads(item as never);
        return privacy.entriesOf(item as never, data, { model, ifNone: "skip" });
      });
      return { entries, ...type === "Models" && { data } };
    },
  };
  return await executor.remembered(cache, memory) as (Remembered & { fact: Fact })[];
}

/** Whether a result can be a release. Training says by its optimizer, so that no model is read in vain. */
function mayBePrivate({ type, manifest: { stage, params } }: Result): boolean {
  if (type === "Heads") return stage !== "class-means";
  if (type === "Ledger") return !DERIVED.includes(stage);
  if (type !== "Models") return false;
  const { optimizer } = params as { readonly optimizer?: { readonly kind?: string } };
  return stage !== "train" || (optimizer?.kind ?? "dp").startsWith("dp");
}

/** A stage of the graph that releases something, and the digests of what it looks at; without those that are not known. */
export interface Looked {
  readonly stage: string;
  readonly inputs: readonly string[];
  readonly all: boolean;
}

/**
 * Entries of stored releases that are by a stage of the graph, of something that it looks at, with whatever parameters. Where
 * it is not known what it looks at, since that was not computed or is gone, all releases by that stage are taken: too many
 * rather than too few.
 */
export function alike(
  looked: readonly Looked[],
  ever: readonly (Remembered & { readonly fact: Fact })[],
): readonly AnyEntry[] {
  return ever.filter(({ type, manifest }) => {
    const read = Object.values(manifest.inputs);
    return type !== "Models" && looked.some(({ stage, inputs, all }) => {
      return stage === manifest.stage && (!all || inputs.some((digest) => read.includes(digest)));
    });
  }).flatMap(({ fact }) => fact.entries);
}

/** Entries about data sets: by name, or of models by the digest of what they were trained on. */
export async function about(
  names: ReadonlySet<string>,
  byDigest: ReadonlyMap<string, string>,
  ever: readonly { readonly fact: Fact }[],
): Promise<AnyEntry[]> {
  const { privacy } = await library();
  return ever.flatMap(({ fact: { entries, data } }) => {
    if (data === undefined) return entries.filter((entry) => names.has(entry.data));
    const name = byDigest.get(data);
    return name === undefined ? [] : entries.map((entry) => privacy.renamed(entry, name));
  });
}
