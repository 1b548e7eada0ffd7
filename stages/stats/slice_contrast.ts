/** @file One slice minus another, model by model: is a gain larger for atypical examples than for typical ones? */
import { z } from "zod";
import { didYouMean, stage } from "../../dsl/mod.ts";
import { Metrics } from "../artifacts/mod.ts";
import { ModelMetrics } from "./model_metrics.ts";

/**
 * For every measure and metric that has both slices: of each model the number on `slice` less that on `against`, as slice
 * `bucket 1 - bucket 5`, and the mean over models. Compared between zoos (`compareMeasures`) it is a difference of
 * differences: by how much more one optimizer gains there than elsewhere.
 *
 * @throws RangeError when no measure has both slices.
 *
 * @example
 * ```ts
 * import type { MetricsNode } from "engram/stages/report/mod.ts";
 * import * as stats from "engram/stages/stats/mod.ts";
 * function graph(metrics: MetricsNode) {
 *   return stats.sliceContrast({ metrics }, { slice: "bucket 1", against: "bucket 5" });
 * }
 * ```
 */
export const sliceContrast = stage({
  name: "slice-contrast",
  doc: "One slice of each number minus another, model by model",
  inputs: { metrics: Metrics },
  params: z.object({ slice: z.string().min(1), against: z.string().min(1).describe("What is subtracted") }),
  output: Metrics,
  run({ metrics: m }, { slice, against }) {
    const single = [...m.value.keys()].filter((i) => m.model[i]! >= 0);
    const out = new ModelMetrics();
    for (const rows of Map.groupBy(single, (i) => JSON.stringify([m.measure[i], m.metric[i], m.model[i]])).values()) {
      const [of, from] = [slice, against].map((name) => rows.find((i) => m.slice[i] === name));
      if (of === undefined || from === undefined) continue;
      const key = { measure: m.measure[of]!, metric: m.metric[of]!, slice: `${slice} - ${against}` };
      const about = { queries: m.queries[of]!, threat: m.threat[of]! };
      out.add({ ...key, ...about }, m.model[of]!, m.value[of]! - m.value[from]!, Math.min(m.n[of]!, m.n[from]!));
    }
    const table = out.table();
    if (table.value.length === 0) {
      const known = new Set(m.slice);
      const missing = [slice, against].find((name) => !known.has(name));
      throw new RangeError(
        missing === undefined
          ? `Cannot subtract slice "${against}" from "${slice}": no measure has both`
          : `Cannot subtract slices, none is "${missing}": ${didYouMean(missing, known)}`,
      );
    }
    return table;
  },
});
