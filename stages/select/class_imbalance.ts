/** @file select.classImbalance: classes of exponentially falling size. Source: Cui et al. (2019), arXiv 1901.05555, 5.1. */
import { z } from "zod";
import { stage } from "../../dsl/mod.ts";
import { stream } from "../../engine/random.ts";
import { Dataset } from "../artifacts/mod.ts";
import { trainCount } from "../stats/zoo.ts";
import { keepTrain, rowsByClass } from "./rows.ts";

const params = z.object({
  ratio: z.number().min(1).describe("Size of the largest class over that of the smallest; 1 makes all equally large"),
  largest: z.int().min(1).optional().describe("Examples of the largest class; as many as there are if left out"),
  order: z.enum(["label", "random"]).default("label").describe(
    "Which classes are large: those with small labels, or random ones",
  ),
  seed: z.int().min(0).default(0).describe("Of the examples that stay, and of a random order"),
});

/**
 * The data set with an exponentially imbalanced train split: the class of rank r (0-based) of C keeps
 *
 *     largest * ratio^(-r / (C - 1))
 *
 * examples, rounded, and at least 1, drawn at random. Without `largest` it is the largest number for which every class
 * has enough. Ids, order and the test split stay. Classes are those of which the train split has examples. With the
 * same seed, order and `largest`, the set of a higher ratio is part of that of a lower one.
 *
 * @throws RangeError when a class has fewer examples than it should keep.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Dataset } from "engram/stages/artifacts/mod.ts";
 * import * as select from "engram/stages/select/mod.ts";
 * function graph(data: Node<typeof Dataset, "one">) {
 *   return select.classImbalance({ data }, { ratio: 100, order: "random", seed: 1 });
 * }
 * ```
 */
export const classImbalance = stage({
  name: "class-imbalance",
  doc: "Makes the classes of the train split exponentially imbalanced",
  inputs: { data: Dataset },
  params,
  output: Dataset,
  run({ data }, { ratio, largest, order, seed }) {
    const train = trainCount(data);
    const random = stream(seed, "select", "imbalance");
    const classes = rowsByClass(data, train).map((rows, label) => ({ rows, label })).filter(({ rows }) =>
      rows.length > 0
    );
    const ranks = order === "label"
      ? Int32Array.from(classes.keys())
      : random.at("classes").permutation(classes.length);
    const shares = Array.from(ranks, (rank) => classes.length < 2 ? 1 : ratio ** (-rank / (classes.length - 1)));
    const top = largest ?? Math.min(...classes.map(({ rows }, c) => Math.floor(rows.length / shares[c]!)));
    const kept = new Uint8Array(train);
    classes.forEach(({ rows, label }, c) => {
      const size = Math.max(1, Math.round(top * shares[c]!));
      if (size > rows.length) {
        throw new RangeError(
          `Cannot keep ${size} training examples of class ${label}: there are ${rows.length}; lower "largest" (${top}), ` +
            `or raise "ratio"`,
        );
      }
      const drawn = random.at("examples", label).permutation(rows.length).subarray(0, size);
      for (const i of drawn) kept[rows[i]!] = 1;
    });
    return keepTrain(data, train, kept);
  },
});
