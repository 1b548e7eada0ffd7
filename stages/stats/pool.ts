/** @file Several zoos as one: models of a sweep, put together to look across it. */
import { z } from "zod";
import { named, stage } from "../../dsl/mod.ts";
import { Metrics } from "../artifacts/mod.ts";
import { partsOf } from "./groups.ts";
import { type MetricKey, ModelMetrics } from "./model_metrics.ts";

/**
 * The numbers of single models of several zoos (the first part of an input's name: `epochs 5/accuracy`) as those of one:
 * model k of the v-th zoo, in the order of `zoos`, becomes model `v stride + k`. Means are over all.
 *
 * Two pools of the same order and stride pair by index: the same variation on the same mask. Models of one mask in
 * different zoos get indices of their own, so that what clusters by index does not see that they share a training set.
 *
 * @throws RangeError when `zoos` are not those that are wired, or one has a model beyond the stride.
 *
 * @example
 * ```ts
 * import * as report from "engram/stages/report/mod.ts";
 * import * as stats from "engram/stages/stats/mod.ts";
 * function graph(rows: Record<"short" | "long", { accuracy: report.MetricsNode; attack: report.MetricsNode }>) {
 *   return stats.pool({ metrics: report.flatten(rows) }, { zoos: ["short", "long"], stride: 8 });
 * }
 * ```
 */
export const pool = stage({
  name: "pool",
  doc: "Numbers about the models of several zoos as those of one",
  inputs: { metrics: named(Metrics) },
  params: z.object({
    zoos: z.array(z.string()).min(1).readonly().describe("The zoos, in the order of the new indices"),
    stride: z.int().min(1).describe("Indices that each zoo takes: at least its models"),
  }),
  output: Metrics,
  run({ metrics }, { zoos, stride }) {
    const known = new Set(Object.keys(metrics).map((name) => partsOf(name).group));
    if (zoos.length !== known.size || zoos.some((zoo) => !known.has(zoo))) {
      throw new RangeError(`Cannot pool zoos "${zoos.join('", "')}": wired are "${[...known].join('", "')}"`);
    }
    const out = new ModelMetrics();
    for (const name of Object.keys(metrics).sort()) {
      const [m, zoo] = [metrics[name]!, zoos.indexOf(partsOf(name).group)];
      for (const i of m.value.keys()) {
        const model = m.model[i]!;
        if (model < 0) continue;
        if (model >= stride) throw new RangeError(`Cannot pool model ${model} of "${name}" with a stride of ${stride}`);
        const key: MetricKey = { measure: m.measure[i]!, metric: m.metric[i]!, slice: m.slice[i]! };
        out.add({ ...key, queries: m.queries[i]!, threat: m.threat[i]! }, zoo * stride + model, m.value[i]!, m.n[i]!);
      }
    }
    return out.table();
  },
});
