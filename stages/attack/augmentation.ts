/** @file Augmentation attack, label-only: members stay right under augmentation. Choquette-Choo et al. (2021), arXiv 2007.14321. */
import { z } from "zod";
import { stage } from "../../dsl/mod.ts";
import { AttackScores } from "../artifacts/mod.ts";
import { isCorrect } from "../stats/correctness.ts";
import { attackInputs, attackWithShadows, shadowParams } from "./evaluate.ts";
import type { Answers } from "./targets.ts";

/**
 * The score: how many views of the example the model gets right.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { viewsRight } from "engram/stages/attack/augmentation.ts";
 * assert(viewsRight([Float32Array.of(1, 0), Float32Array.of(0, 1), Float32Array.of(2, 0)], 0) === 2);
 * ```
 */
export function viewsRight(answers: Answers, label: number): number {
  return answers.reduce((count, logits) => count + Number(isCorrect(logits, label)), 0);
}

/**
 * The attacker sees labels only and asks about every view: as many queries as the predictions have views, which must be
 * at least two. Members are examples of class y with at least t_y views right; the thresholds are chosen on shadow
 * models. (The paper feeds the vector of correct views to a small network a class, trained on a shadow model; its
 * noise attack counts, as we do.) The views are shifts or rotations of the example.
 *
 * @throws RangeError when the predictions have one view.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Dataset, Masks, Predictions } from "engram/stages/artifacts/mod.ts";
 * import * as attack from "engram/stages/attack/mod.ts";
 * type Zoo = { data: Node<typeof Dataset, "one">; masks: Node<typeof Masks, "many">; logits: Node<typeof Predictions, "many"> };
 * function graph(views: Zoo) {
 *   return { augmentation: attack.augmentation(views, { threshold: "class", shadows: 1 }) };
 * }
 * ```
 */
export const augmentation = stage({
  name: "augmentation-attack",
  doc: "Membership inference from labels alone: members stay right under augmentation",
  inputs: attackInputs,
  params: shadowParams.extend({
    by: z.string().default("").describe('What the views are, for the name in tables: "rotations"; empty for shifts'),
  }),
  output: AttackScores,
  run: (inputs, { by, ...params }, context) =>
    attackWithShadows(
      {
        attack: by === "" ? "augmentation attack" : `augmentation attack by ${by}`,
        access: "label-only",
        views: "all",
        score(answers, label) {
          if (answers.length < 2) {
            throw new RangeError(
              `Cannot attack by augmentation with 1 view of each example: predict with "views", such as "shifts"`,
            );
          }
          return viewsRight(answers, label);
        },
      },
      inputs,
      params,
      context,
    ),
});
