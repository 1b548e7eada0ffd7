/** @file headAccuracy: how often heads are right about test examples: of all, by class, and of the smallest classes. */
import { z } from "zod";
import { many, stage } from "../../../dsl/mod.ts";
import { Embeddings, Heads, Metrics } from "../../artifacts/mod.ts";
import { ModelMetrics } from "../../stats/model_metrics.ts";
import { classify } from "./nearest.ts";
import { rowsOf } from "./private_rows.ts";
import { readHeads } from "./read_heads.ts";

/**
 * Fractions of test examples, means over a model's draws; a model is an encoder, and intervals are over encoders.
 *
 * - `test accuracy`: of all.
 * - `balanced test accuracy`: the mean over classes, each counting the same.
 * - `minority test accuracy`: the mean over the quarter of the classes (rounded up) that have fewest private training examples.
 * - `class test accuracy`, slices `class 0` …: of each class.
 *
 * @throws RangeError when heads and embeddings are of different encoders, or there are no test examples
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Embeddings, Heads } from "engram/stages/artifacts/mod.ts";
 * import * as privacy from "engram/stages/privacy/mod.ts";
 * function graph(heads: Node<typeof Heads, "many">, embeddings: Node<typeof Embeddings, "many">) {
 *   return privacy.headAccuracy({ heads, embeddings }, { measure: "rho=0.1" });
 * }
 * ```
 */
export const headAccuracy = stage({
  name: "head-accuracy",
  doc: "Accuracy of classifiers on embeddings: overall, balanced, by class, and of the smallest classes",
  inputs: { heads: many(Heads), embeddings: many(Embeddings) },
  params: z.object({ measure: z.string().min(1).describe("what the numbers are of: rho=0.1") }),
  output: Metrics,
  async run({ heads, embeddings }, { measure }) {
    if (heads.length !== embeddings.length) {
      throw new RangeError(`Cannot pair heads of ${heads.length} encoders with embeddings of ${embeddings.length}`);
    }
    const metrics = new ModelMetrics([0, 1]);
    for (let index = 0; index < heads.length; index++) {
      const [item, embedded] = await Promise.all([heads.at(index), embeddings.at(index)]);
      const test = rowsOf(embedded, "test");
      if (test.y.length === 0) {
        throw new RangeError("Cannot test heads on no test examples: keep some of the test split");
      }
      const drawn = readHeads(item).map((head) => accuracies(classify(head, test.rows), test.y));
      const classes = [...drawn[0]!.byClass.keys()].sort((a, b) => a - b);
      const smallest = smallestOf(classes, rowsOf(embedded, "train").y);
      const meanOf = (value: (accuracy: Accuracies) => number) => mean(drawn.map(value));
      const over = (labels: readonly number[]) => meanOf(({ byClass }) => mean(labels.map((c) => byClass.get(c)!)));
      const n = test.y.length;
      metrics.add({ measure, metric: "test accuracy" }, index, meanOf(({ all }) => all), n);
      metrics.add({ measure, metric: "balanced test accuracy" }, index, over(classes), n);
      metrics.add({ measure, metric: "minority test accuracy" }, index, over(smallest), n);
      for (const label of classes) {
        const count = test.y.filter((y) => y === label).length;
        metrics.add({ measure, metric: "class test accuracy", slice: `class ${label}` }, index, over([label]), count);
      }
    }
    return metrics.table();
  },
});

interface Accuracies {
  readonly all: number;
  readonly byClass: ReadonlyMap<number, number>;
}

function accuracies(answers: Int32Array, y: Int32Array): Accuracies {
  const rows = Map.groupBy(y.keys(), (row) => y[row]!);
  const right = (places: readonly number[]) => mean(places.map((row) => answers[row] === y[row] ? 1 : 0));
  return {
    all: right([...y.keys()]),
    byClass: new Map([...rows].map(([label, places]) => [label, right(places)])),
  };
}

/** The quarter of the classes, rounded up, with fewest examples; of equally large ones, those with small labels. */
export function smallestOf(classes: readonly number[], y: Int32Array): number[] {
  const sizes = new Map(classes.map((label) => [label, 0]));
  y.forEach((label) => sizes.set(label, (sizes.get(label) ?? 0) + 1));
  return classes.toSorted((a, b) => sizes.get(a)! - sizes.get(b)! || a - b).slice(0, Math.ceil(classes.length / 4));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
