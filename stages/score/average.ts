/** @file Means of scores: over repetitions with other seeds, and over the models of a zoo. */
import { z } from "zod";
import { many, named, stage, type Value } from "../../dsl/mod.ts";
import { Masks, Scores } from "../artifacts/mod.ts";
import { Running } from "./answers.ts";

/**
 * The mean over the inputs of each example's score, with its standard error over them (NaN of fewer than two). An input
 * in which an example has no score, or NaN, does not count for it.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Scores } from "engram/stages/artifacts/mod.ts";
 * import * as score from "engram/stages/score/mod.ts";
 * function graph(scores: Record<string, Node<typeof Scores, "one">>) {
 *   return { mean: score.average({ scores }) };
 * }
 * ```
 */
export const average = stage({
  name: "average-scores",
  doc: "Mean of each example's score over several tables of scores",
  inputs: { scores: named(Scores) },
  params: z.object({}),
  output: Scores,
  run({ scores }) {
    const means = new Means();
    for (const name of Object.keys(scores).sort()) means.add(scores[name]!, () => true);
    return means.table();
  },
});

/**
 * The same over the models of a zoo, for scores that every model has by itself (`score.curvature`, `score.forgetting`).
 * `of: "members"` takes the models that were trained on the example, "others" those that were not.
 *
 * @throws RangeError when there are more of the one than of the other
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Masks, Scores } from "engram/stages/artifacts/mod.ts";
 * import * as score from "engram/stages/score/mod.ts";
 * type Each = { scores: Node<typeof Scores, "many">; masks: Node<typeof Masks, "many"> };
 * function graph(curvatures: Each) {
 *   return { curvature: score.overModels(curvatures, { of: "members" }) };
 * }
 * ```
 */
export const overModels = stage({
  name: "scores-over-models",
  doc: "Mean of each example's score over models: all, those trained on it, or the others",
  inputs: { scores: many(Scores), masks: many(Masks) },
  params: z.object({ of: z.enum(["all", "members", "others"]).default("all") }),
  output: Scores,
  async run({ scores, masks }, { of }, { signal, progress }) {
    if (scores.length !== masks.length) {
      throw new RangeError(
        `Cannot pair the scores of ${scores.length} models with ${masks.length} masks: wire one zoo`,
      );
    }
    const means = new Means();
    for (let index = 0; index < scores.length; index++) {
      signal.throwIfAborted();
      const [own, mask] = await Promise.all([scores.at(index), masks.at(index)]);
      const members = new Set(mask.example.filter((_, i) => mask.member[i]));
      means.add(own, (example) => of === "all" || members.has(example) === (of === "members"));
      progress({ done: index + 1, total: scores.length, unit: "models" });
    }
    return means.table();
  },
});

/** Means by example and score, in the order in which they first occur. */
class Means {
  readonly #known = new Map<string, { example: number; score: string; running: Running }>();

  add({ example, score, value }: Value<typeof Scores>, counts: (example: number) => boolean): void {
    example.forEach((id, row) => {
      const key = `${id} ${score[row]}`;
      const known = this.#known.get(key) ?? { example: id, score: score[row]!, running: new Running(1) };
      this.#known.set(key, known);
      if (counts(id) && !Number.isNaN(value[row])) known.running.add(0, value[row]!);
    });
  }

  table(): Value<typeof Scores> {
    const rows = [...this.#known.values()];
    return {
      example: Uint32Array.from(rows, (row) => row.example),
      score: rows.map((row) => row.score),
      value: Float64Array.from(rows, (row) => row.running.meanOf(0)),
      standardError: Float64Array.from(rows, (row) => Math.sqrt(row.running.varianceOfMean(0))),
    };
  }
}
