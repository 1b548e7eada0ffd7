/** @file takeMasks: the first masks of a collection, so that a small zoo shares its models with a large one. */
import { z } from "zod";
import { many, stage } from "../../dsl/mod.ts";
import { Masks } from "../artifacts/mod.ts";

/**
 * The first `count` masks. What is trained on them is, model by model, what the larger zoo trained: it is found in the
 * cache, and pairs with the larger zoo's first models. Of an exact half not every example is in half of the models then.
 *
 * @throws RangeError when there are fewer masks.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Masks } from "engram/stages/artifacts/mod.ts";
 * import { takeMasks } from "engram/stages/subsample/mod.ts";
 * function graph(masks: Node<typeof Masks, "many">) {
 *   return { few: takeMasks({ masks }, { count: 8 }) };
 * }
 * ```
 */
export const takeMasks = stage({
  name: "take-masks",
  doc: "The first masks of a collection",
  inputs: { masks: many(Masks) },
  params: z.object({ count: z.int().min(1).describe("How many") }),
  output: many(Masks),
  async *run({ masks }, { count }) {
    if (masks.length < count) {
      throw new RangeError(`Cannot take ${count} masks of ${masks.length}: lower "count" or subsample more`);
    }
    for (let index = 0; index < count; index++) yield await masks.at(index);
  },
});
