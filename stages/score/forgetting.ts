/** @file Forgetting events: Toneva et al. (2019), An Empirical Study of Example Forgetting, arXiv 1812.05159. */
import { stage } from "../../dsl/mod.ts";
import { Dataset, Masks, Scores } from "../artifacts/mod.ts";
import { trainParams } from "../train/params.ts";

/**
 * Trains a model on the members of every mask, as `train` does, and looks at every member after each epoch. Two scores,
 * a row a member and score; one item a model:
 *
 * - "forgetting events": how often it went from right to wrong between one epoch's end and the next; the number of epochs
 *   for a member that was never right (the authors count these as forgotten infinitely often).
 * - "learned at": the first epoch, from 1, after which it was right; the number of epochs plus 1 if none.
 *
 * The authors look at each example when its batch comes, before the step; here all are looked at in evaluation mode after
 * each epoch, which makes both exact functions of the parameters there. The parameters are those of `train`: with the
 * same, on the same masks, it is the same training. Averages over epochs or steps (SWA) do not enter. It costs one more
 * training, and a prediction of the members an epoch. `score.overModels` takes means over models.
 *
 * @throws as `train` does
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Dataset, Masks } from "engram/stages/artifacts/mod.ts";
 * import * as score from "engram/stages/score/mod.ts";
 * function graph(data: Node<typeof Dataset, "one">, masks: Node<typeof Masks, "many">) {
 *   const scores = score.forgetting({ data, masks }, {
 *     model: { kind: "cnn" }, optimizer: { kind: "sgd", lr: 0.01 }, epochs: 15,
 *   });
 *   return { forgetting: score.overModels({ scores, masks }, { of: "members" }) };
 * }
 * ```
 */
export const forgetting = stage({
  name: "forgetting",
  doc: "How often each member is forgotten while a model is trained on it, and when it is learned",
  inputs: { data: Dataset, masks: Masks },
  params: trainParams,
  output: Scores,
  over: "masks",
  async run(inputs, params, context) {
    const { watchTraining } = await import("./forgetting_run.ts");
    const { rows, bits, epochs } = await watchTraining(inputs, params, context);
    const counts = Array.from(rows, (_, i) => historyOf(bits.map((epoch) => epoch[i]!), epochs));
    const ids = Uint32Array.from(rows, (row) => inputs.data.id[row]!);
    const all = [counts.map(({ events }) => events), counts.map(({ learned }) => learned)];
    return {
      example: Uint32Array.from([...ids, ...ids]),
      score: ["forgetting events", "learned at"].flatMap((name) => Array.from(ids, () => name)),
      value: Float64Array.from(all.flat()),
      standardError: new Float64Array(2 * ids.length).fill(NaN),
    };
  },
});

/**
 * What happened to one example whose correctness after each epoch is `bits`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { historyOf } from "engram/stages/score/forgetting.ts";
 * assert.deepEqual(historyOf([0, 1, 0, 1, 1, 0], 6), { events: 2, learned: 2 });
 * assert.deepEqual(historyOf([0, 0, 0], 3), { events: 3, learned: 4 });
 * ```
 */
export function historyOf(bits: readonly number[], epochs: number): { events: number; learned: number } {
  const first = bits.indexOf(1);
  if (first < 0) return { events: epochs, learned: epochs + 1 };
  return { events: bits.filter((bit, epoch) => bit === 0 && bits[epoch - 1] === 1).length, learned: first + 1 };
}
