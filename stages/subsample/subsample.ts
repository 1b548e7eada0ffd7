/** @file subsample: decides which training examples each model of a zoo is trained on. */
import { z } from "zod";
import { didYouMean, many, stage } from "../../dsl/mod.ts";
import { Dataset, Masks } from "../artifacts/mod.ts";
import { trainCount } from "../stats/zoo.ts";
import { complementary, type DesignRequest, exactHalf, fractionOf, leaveOneOut } from "./designs.ts";

/** Feldman & Zhang's fraction of the training examples. */
const DEFAULT_FRACTION = 0.7;

/** Designs by name. */
const designs = {
  "exact-half": exactHalf,
  "fraction": (request: DesignRequest) => fractionOf(request, DEFAULT_FRACTION),
  "complementary": complementary,
  "leave-one-out": leaveOneOut,
};
const names = Object.keys(designs) as [keyof typeof designs, ...(keyof typeof designs)[]];

const design = z.union([z.enum(names), z.object({ fraction: z.number().gt(0).lt(1) })], {
  error: ({ input }) =>
    typeof input === "string"
      ? `unknown design "${input}"; ${didYouMean(input, names)}`
      : `a design is a name or { fraction }, a number between 0 and 1`,
});

/**
 * Masks of `members` models.
 *
 * | design | each model's set | stays the same when `members` grows |
 * |---|---|---|
 * | "exact-half" | every example is in exactly half of the models (LiRA) | no: all models change |
 * | "fraction", `{ fraction: p }` | int(p n) examples, p = 0.7 for the name alone (Feldman & Zhang) | yes |
 * | "complementary" | models 2j and 2j+1 have a random half and the other half | yes |
 * | "leave-one-out" | model 0 has all examples, model k all but the k-th | yes |
 *
 * With a design that stays the same, a zoo grows without retraining its earlier models. "complementary" with an even
 * number of members is also an exact half.
 *
 * @throws RangeError when the design is impossible: an odd number of members for "exact-half", more members than
 * examples and one for "leave-one-out", a fraction that leaves no example in or none out.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Dataset } from "engram/stages/artifacts/mod.ts";
 * import { subsample } from "engram/stages/subsample/mod.ts";
 * function graph(data: Node<typeof Dataset, "one">) {
 *   return {
 *     half: subsample({ data }, { design: "exact-half", members: 16, seed: 1 }),
 *     most: subsample({ data }, { design: { fraction: 0.9 }, members: 16, seed: 1 }),
 *   };
 * }
 * ```
 */
export const subsample = stage({
  name: "subsample",
  doc: "Decides which training examples each model of a zoo is trained on",
  inputs: { data: Dataset },
  params: z.object({
    design: design.default("exact-half").describe("how the models' training sets are drawn"),
    members: z.int().min(1).describe("how many models"),
    seed: z.int().nonnegative().default(0).describe("of the draw"),
  }),
  output: many(Masks),
  *run({ data }, { design, members, seed }) {
    const n = trainCount(data);
    if (n < 2) throw new RangeError(`Cannot subsample ${n} training examples: a zoo needs at least two`);
    const ids = data.id.slice(0, n);
    const request = { n, ids, members, seed };
    const masks = typeof design === "string" ? designs[design](request) : fractionOf(request, design.fraction);
    for (const member of masks) yield { example: ids, member };
  },
});
