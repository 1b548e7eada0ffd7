/** @file select.part, select.split: disjoint parts of the train split, as private and public data, or target and source. */
import { z } from "zod";
import { didYouMean, type Node, stage } from "../../dsl/mod.ts";
import { stream } from "../../engine/random.ts";
import { Dataset } from "../artifacts/mod.ts";
import { trainCount } from "../stats/zoo.ts";
import { keepTrain, rowsByClass } from "./rows.ts";

/** Rounding errors of fractions that are meant to add up to 1. */
const SLACK = 1e-9;

const params = z.object({
  parts: z.record(z.string().min(1), z.number().gt(0).max(1)).describe(
    "Name and fraction of each part, at most 1 together",
  ),
  part: z.string().describe("The part to take"),
  stratified: z.boolean().default(true).describe("Whether each part has its fraction of every class"),
  seed: z.int().min(0).default(0).describe("Of the split: parts of the same seed are disjoint"),
}).superRefine(({ parts, part }, context) => {
  const sum = Object.values(parts).reduce((total, fraction) => total + fraction, 0);
  if (sum > 1 + SLACK) {
    context.addIssue({ code: "custom", path: ["parts"], message: `its fractions add up to ${sum}; they may to 1` });
  }
  if (!Object.hasOwn(parts, part)) {
    const message = `there is no part "${part}"; ${didYouMean(part, Object.keys(parts))}`;
    context.addIssue({ code: "custom", path: ["part"], message });
  }
});

/**
 * One part of a random split of the train split, with the whole test split. Parts with the same `parts`, `stratified`
 * and `seed` have no example in common and, where their fractions add up to 1, all examples together.
 *
 * Examples keep their ids and order. Sizes are those fractions, cumulated and rounded, of each class (`stratified`) or
 * of the split. `select.split` makes all parts at once.
 *
 * @throws RangeError when the part would be empty. TypeError when the fractions add up to more than 1 or none has the
 * part's name.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Dataset } from "engram/stages/artifacts/mod.ts";
 * import * as select from "engram/stages/select/mod.ts";
 * function graph(data: Node<typeof Dataset, "one">) {
 *   return select.part({ data }, { parts: { public: 0.2, private: 0.8 }, part: "private", seed: 1 });
 * }
 * ```
 */
export const part = stage({
  name: "part",
  doc: "Takes one of several disjoint random parts of the train split",
  inputs: { data: Dataset },
  params,
  output: Dataset,
  run({ data }, { parts, part, stratified, seed }) {
    const train = trainCount(data);
    const pools = stratified ? rowsByClass(data, train) : [Array.from({ length: train }, (_, row) => row)];
    const names = Object.keys(parts);
    const before = names.slice(0, names.indexOf(part)).reduce((sum, name) => sum + parts[name]!, 0);
    const kept = new Uint8Array(train);
    pools.forEach((pool, index) => {
      const order = stream(seed, "select", "split", stratified ? index : "all").permutation(pool.length);
      const [from, to] = [before, before + parts[part]!].map((share) => cut(share, pool.length)) as [number, number];
      for (const i of order.subarray(from, to)) kept[pool[i]!] = 1;
    });
    if (!kept.includes(1)) {
      throw new RangeError(
        `Cannot take part "${part}", ${parts[part]} of ${train} training examples${stratified ? " by class" : ""}: ` +
          `it is empty; give it a larger fraction`,
      );
    }
    return keepTrain(data, train, kept);
  },
});

/** A share that ends at a half up to rounding errors is rounded up by every part alike. */
function cut(share: number, length: number): number {
  return Math.min(length, Math.round(share * length + SLACK));
}

/** What {@link split} is told: the parameters of `select.part` for all parts. */
export interface SplitOptions<N extends string> {
  /** Name and fraction of each part; together at most 1. */
  readonly parts: Readonly<Record<N, number>>;
  readonly stratified?: boolean;
  readonly seed?: number;
}

/**
 * All parts of a random split of the train split, by name: a `select.part` of each.
 *
 * @throws TypeError when the fractions add up to more than 1.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Dataset } from "engram/stages/artifacts/mod.ts";
 * import * as select from "engram/stages/select/mod.ts";
 * function graph(data: Node<typeof Dataset, "one">) {
 *   const { target, source } = select.split({ data }, { parts: { target: 0.5, source: 0.5 }, seed: 1 });
 *   return { target, source };
 * }
 * ```
 */
export function split<const N extends string>(
  inputs: { readonly data: Node<typeof Dataset, "one"> },
  { parts, ...options }: SplitOptions<N>,
): { readonly [P in N]: Node<typeof Dataset, "one"> } {
  const names = Object.keys(parts) as N[];
  const made = names.map((name) => [name, part(inputs, { parts, part: name, ...options })] as const);
  return Object.fromEntries(made) as { readonly [P in N]: Node<typeof Dataset, "one"> };
}
