/** @file Entries of a privacy ledger: what was released, of which data, at what cost, with which noise. */
import { createHash } from "node:crypto";
import type { Guarantee } from "../guarantee.ts";
import type { Origin } from "../noise/source.ts";
import { commonRelation, type Relation, type Under } from "../relation.ts";
import type { Release } from "../release.ts";

/** One release. */
export interface Entry<R extends Relation> extends Under<R> {
  /** Digest of all else in the entry: entries of one id are one release, however often it is read. */
  readonly id: string;
  readonly mechanism: string;
  readonly parameters: Readonly<Record<string, number | string>>;
  /** Which data: a name for people. Releases of different names are taken to be about different people. */
  readonly data: string;
  /**
   * Which part of the data, where it is split into disjoint ones (classes); "" for all of it. Under replace-one, naming parts
   * asserts that no replacement moves anybody between them, as where their sizes are public.
   */
  readonly part: string;
  readonly costs: Guarantee<R>["costs"];
  readonly noise: Origin;
  readonly arithmetic: "exact" | "float64";
}

/** An entry under whichever relation it says. */
export type AnyEntry = Entry<"add-remove"> | Entry<"replace-one">;

/**
 * The entry of a release. Its id holds where the noise came from: a cached release that is read again is the same one, and
 * the same query with another seed (or with secure noise, at any time) is another, which composes.
 *
 * @param of the name of the data, and of the part of it
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { entryOf, histogram, laplace, seededNoise } from "engram/stages/privacy/mod.ts";
 * const release = (seed: number) =>
 *   laplace(histogram([3], "l1", "add-remove"), { epsilon: 1 }, seededNoise(seed, "count"));
 * const of = { data: "clinic" };
 * assert(entryOf(release(1), of).id === entryOf(release(1), of).id);
 * assert(entryOf(release(1), of).id !== entryOf(release(2), of).id);
 * ```
 */
export function entryOf<R extends Relation>(
  { mechanism, parameters, guarantee, noise, arithmetic }: Release<unknown, R>,
  { data, part = "" }: { readonly data: string; readonly part?: string },
): Entry<R> {
  if (data === "") throw new TypeError(`A ledger entry names its data: "data" is empty`);
  const { relation, costs } = guarantee;
  return identified({ relation, mechanism, parameters, data, part, costs, noise, arithmetic });
}

/** Completes an entry with its id. */
export function identified<R extends Relation>(entry: Omit<Entry<R>, "id">): Entry<R> {
  const { relation, mechanism, parameters, data, part, costs, noise, arithmetic } = entry;
  const sorted = Object.entries(parameters).sort(([a], [b]) => a < b ? -1 : 1);
  const text = JSON.stringify([relation, mechanism, sorted, data, part, costs, noise, arithmetic]);
  return { ...entry, id: createHash("sha256").update(text).digest("hex").slice(0, 32) };
}

/** The same release under another name of its data, such as that of a data set whose digest was known first. */
export function renamed(entry: AnyEntry, data: string): AnyEntry {
  const { id: _, ...rest } = entry;
  return identified<Relation>({ ...rest, data } as never) as AnyEntry;
}

/**
 * Each release once, as `merge()`, of a store where different versions of the code may have drawn the same noise for
 * releases that differ: they are counted apart, and told.
 */
export function everMerged(entries: readonly AnyEntry[]): { readonly entries: AnyEntry[]; readonly shared: number } {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const noises = Map.groupBy(byId.values(), ({ noise }) => JSON.stringify(noise));
  return { entries: [...byId.values()], shared: [...noises.values()].filter((list) => list.length > 1).length };
}

/** Two different releases have the same noise: their difference would give the data away. */
export class SharedNoiseError extends RangeError {
  override readonly name = "SharedNoiseError";
  /** Ids of the two. */
  readonly releases: readonly [string, string];

  constructor(a: AnyEntry, b: AnyEntry) {
    super(
      `Cannot enter "${b.mechanism}" of "${b.data}": it has the same noise as "${a.mechanism}" of "${a.data}", so that both ` +
        `together hide nothing; give each release a seed or a path of its own`,
    );
    this.releases = [a.id, b.id];
  }
}

/**
 * One ledger of several: each release once.
 *
 * @throws SharedNoiseError where two different releases have the same noise
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { entryOf, histogram, laplace, merge, seededNoise } from "engram/stages/privacy/mod.ts";
 * const release = laplace(histogram([3], "l1", "add-remove"), { epsilon: 1 }, seededNoise(1));
 * const entry = entryOf(release, { data: "clinic" });
 * assert(merge([entry], [entry]).length === 1);
 * assert.throws(() => merge([entry], [entryOf(release, { data: "school" })]), /has the same noise/);
 * ```
 */
export function merge<E extends AnyEntry>(
  ...ledgers: readonly (readonly E[])[]
): E[] {
  const byId = new Map<string, E>();
  const byNoise = new Map<string, E>();
  for (const entry of ledgers.flat()) {
    const noise = JSON.stringify(entry.noise);
    const other = byNoise.get(noise);
    if (other !== undefined && other.id !== entry.id) {
      throw new SharedNoiseError(other, entry);
    }
    byNoise.set(noise, entry);
    byId.set(entry.id, entry);
  }
  return [...byId.values()];
}

/**
 * What people of one data set have paid, in all: every entry about all of the data, and one part's entries.
 *
 * @throws RelationError where entries are about different neighbours; RangeError where nothing was released of this data
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { entryOf, epsilonAt, histogram, laplace, seededNoise, spentOn } from "engram/stages/privacy/mod.ts";
 * const entries = ["ill", "well"].map((part, i) =>
 *   entryOf(
 *     laplace(histogram([3], "l1", "add-remove"), { epsilon: 1 }, seededNoise(i)),
 *     { data: "clinic", part },
 *   )
 * );
 * assert(epsilonAt(spentOn(entries, "clinic"), 0, "basic") === 1);
 * ```
 */
export function spentOn<R extends Relation>(entries: readonly Entry<R>[], data: string): Guarantee<R> {
  const about = entries.filter((entry) => entry.data === data);
  if (about.length === 0) throw new RangeError(`Nothing was released of "${data}"`);
  const relation = commonRelation("add up releases", about);
  const parts = Map.groupBy(about, ({ part }) => part);
  const ofAll = (parts.get("") ?? []).flatMap(({ costs }) => costs);
  parts.delete("");
  const lists = [...parts.values()].map((list) => list.flatMap(({ costs }) => costs));
  return { relation, costs: lists.length === 0 ? ofAll : [...ofAll, { kind: "parts", parts: lists }] };
}
