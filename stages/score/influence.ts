/** @file Influence of training on test examples, estimated from a zoo: Feldman & Zhang (2020), arXiv 2008.03703, Algorithm 1. */
import { z } from "zod";
import { many, stage } from "../../dsl/mod.ts";
import { Dataset, Influence, Masks, NO_EXAMPLE, Predictions } from "../artifacts/mod.ts";
import { correctness } from "../stats/correctness.ts";
import { Zoo } from "../stats/zoo.ts";
import { BitMatrix } from "./bits.ts";
import { isChosen, modelsParam } from "./chosen.ts";
import { varianceOfMean } from "./memorization.ts";

/** Arrow's buffers, like those of most tools, hold at most this many bytes. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * Influence of training example i on test example j, with `M[k,i]` whether model k was trained on i and `T[k,j]`
 * whether model k gets j right:
 *
 *     infl(j,i) = (TᵀM)[j,i] / Σ_k M[k,i]  -  (Tᵀ(1-M))[j,i] / Σ_k (1 - M[k,i])
 *
 * `support: "same-class"` keeps the training examples of the test example's own class, as the authors' released
 * matrices do; "all" keeps every one, n_train floats a test example. The influence of an example that was never left
 * out, or always, is NaN. `value: "standard-error"` gives `sqrt(p(1-p)/(n-1) + q(1-q)/(m-1))` in its place, p and q
 * being the two shares above and n and m their numbers of models. `models: "even"` or `"odd"` estimates from that half of
 * the zoo: what shares no model with the other half.
 *
 * @throws RangeError when the matrix would exceed 2 GiB.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Dataset, Masks, Predictions } from "engram/stages/artifacts/mod.ts";
 * import * as score from "engram/stages/score/mod.ts";
 * type Zoo = { data: Node<typeof Dataset, "one">; masks: Node<typeof Masks, "many">; logits: Node<typeof Predictions, "many"> };
 * function graph(zoo: Zoo) {
 *   return { influence: score.influence(zoo, { support: "same-class" }) };
 * }
 * ```
 */
export const influence = stage({
  name: "influence",
  doc: "Influence of each training example on each test example: how much likelier the right label is with it",
  inputs: { masks: many(Masks), logits: many(Predictions), data: Dataset },
  params: z.object({
    support: z.enum(["same-class", "all"]).default("same-class").describe(
      "which training examples a test example has influences of",
    ),
    value: z.enum(["estimate", "standard-error"]).default("estimate").describe(
      "the influence, or in its place the standard error of each",
    ),
    models: modelsParam,
  }),
  output: Influence,
  async run(inputs, { support, value, models }, context) {
    const zoo = new Zoo(inputs);
    const tests = zoo.ids.length - zoo.train;
    const supports = supportsOf(zoo, support);
    const width = Math.max(0, ...supports.values().map((rows) => rows.length));
    checkSize(tests, width);

    const M = new BitMatrix(zoo.train, zoo.length);
    const T = new BitMatrix(tests, zoo.length);
    let count = 0;
    for await (const model of zoo.models(context)) {
      if (!isChosen(models, model.index)) continue;
      count++;
      M.setColumn(model.index, model.member);
      T.setColumn(model.index, correctness(model, zoo.labels).subarray(zoo.train));
    }

    const train = new Uint32Array(tests * width).fill(NO_EXAMPLE);
    const values = new Float32Array(tests * width);
    const inside = M.rowSums();
    const right = T.rowSums();
    for (let j = 0; j < tests; j++) {
      const rows = supports.get(zoo.labels[zoo.train + j]!)!;
      const TM = T.product(j, M, rows);
      for (let s = 0; s < rows.length; s++) {
        const i = rows[s]!;
        train[j * width + s] = zoo.ids[i]!;
        const [n, m] = [inside[i]!, count - inside[i]!];
        const [p, q] = [TM[s]! / n, (right[j]! - TM[s]!) / m];
        values[j * width + s] = value === "estimate" ? p - q : Math.sqrt(varianceOfMean(p, n) + varianceOfMean(q, m));
      }
      if (j % 256 === 255) context.signal.throwIfAborted();
    }
    const shape = [tests, width];
    return {
      example: zoo.ids.slice(zoo.train),
      train: { data: train, shape },
      influence: { data: values, shape },
    };
  },
});

/** For each class, the training rows in the support of its test examples. */
function supportsOf(zoo: Zoo, support: "same-class" | "all"): Map<number, Uint32Array> {
  const all = Uint32Array.from({ length: zoo.train }, (_, row) => row);
  const classes = new Set(zoo.labels.subarray(zoo.train));
  return new Map(
    classes.values().map((
      label,
    ) => [label, support === "all" ? all : all.filter((row) => zoo.labels[row] === label)]),
  );
}

function checkSize(tests: number, width: number): void {
  const bytes = tests * width * Float32Array.BYTES_PER_ELEMENT;
  if (bytes > MOST_BYTES) {
    throw new RangeError(
      `Cannot hold the influence of ${width} training examples on ${tests} test examples: it takes ${bytes} bytes, ` +
        `at most ${MOST_BYTES} fit; use support "same-class" or fewer examples`,
    );
  }
}
