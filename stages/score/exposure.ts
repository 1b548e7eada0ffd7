/** @file Exposure of single examples: how sure an attack is that they are members of models that were trained on them. */
import { z } from "zod";
import { stage } from "../../dsl/mod.ts";
import { AttackScores, Scores, TRUTH } from "../artifacts/mod.ts";
import { Running } from "./answers.ts";

/**
 * The mean of an attack's score over the targets that were trained on the example (or over the others), one row an
 * example, with its standard error over targets. Of `attack.riskScore` it is the mean privacy risk score (Song & Mittal
 * 2021, arXiv 2003.10595, definition 1). Unlike `score.vulnerability` it says nothing about how models without the
 * example score it: what every attack takes for a member is exposed, too. NaN for an example that no target was trained
 * on.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { AttackScores } from "engram/stages/artifacts/mod.ts";
 * import * as score from "engram/stages/score/mod.ts";
 * function graph(risk: Node<typeof AttackScores, "one">) {
 *   return { exposure: score.exposure({ attack: risk }) };
 * }
 * ```
 */
export const exposure = stage({
  name: "exposure",
  doc: "Mean attack score of each example over the targets that were trained on it",
  inputs: { attack: AttackScores },
  params: z.object({
    of: z.enum(["members", "others"]).default("members").describe("which targets: trained on the example, or not"),
  }),
  output: Scores,
  run({ attack }, { of }) {
    const size = attack.example.shape[1]!;
    const running = new Running(size);
    const wanted = of === "members" ? TRUTH.member : TRUTH.nonMember;
    attack.truth.data.forEach((truth, at) => {
      if (truth === wanted) running.add(at % size, attack.score.data[at]!);
    });
    const known = Array.from({ length: size }, (_, i) => i).filter((i) => running.count[i]! > 0);
    return {
      example: Uint32Array.from(known, (i) => attack.example.data[i]!),
      score: known.map(() => "exposure"),
      value: Float64Array.from(known, (i) => running.meanOf(i)),
      standardError: Float64Array.from(known, (i) => Math.sqrt(running.varianceOfMean(i))),
    };
  },
});
