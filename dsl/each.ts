/** @file each() and pick(): the same subgraph for every entry of a named set, such as optimizers, or one entry of it. */
import { didYouMean } from "./nearest.ts";
import { inScope } from "./node.ts";

/**
 * Builds a subgraph for every entry of `set`. Nodes made inside get the entry's name as a prefix: `sam/train`.
 *
 * @param set the entries by name; a name may not be empty nor contain `/`.
 * @param build makes the subgraph of one entry and returns whatever the caller wants to join afterwards.
 * @returns what `build` returned, by the same names, in the same order.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { each } from "engram/dsl/mod.ts";
 * const doubled = each({ a: 1, b: 2 }, (value, name) => `${name}${2 * value}`);
 * assert(doubled.b === "b4");
 * ```
 */
export function each<K extends string, V, T>(
  set: Readonly<Record<K, V>>,
  build: (entry: V, name: K) => T,
): Record<K, T> {
  const results = {} as Record<K, T>;
  for (const [name, entry] of Object.entries(set) as [K, V][]) {
    if (name === "" || name.includes("/")) {
      throw new RangeError(`Cannot branch over "${name}": a name in each() must not be empty nor contain "/"`);
    }
    results[name] = inScope(name, () => build(entry, name));
  }
  return results;
}

/**
 * The entry of a named set that a parameter chooses.
 *
 * @throws RangeError naming the nearest entry when there is none of that name.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { pick } from "engram/dsl/mod.ts";
 * assert(pick({ sgd: 1, sam: 2 }, "sam") === 2);
 * ```
 */
export function pick<V>(set: Readonly<Record<string, V>>, name: string): V {
  if (!Object.hasOwn(set, name)) throw new RangeError(`Cannot pick "${name}": ${didYouMean(name, Object.keys(set))}`);
  return set[name]!;
}
