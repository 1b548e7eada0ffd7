/** @file Comparisons as Metrics: paired differences for the figures that draw numbers. */
import { z } from "zod";
import { stage } from "../../dsl/mod.ts";
import { Comparisons, Metrics } from "../artifacts/mod.ts";
import { metricsOf } from "./metrics_of.ts";

/**
 * A row a difference, `model` -1, with its interval: the measure is that of the comparison. p-values are left behind.
 *
 * @throws RangeError unless all differences are of one group, which Metrics has no column for.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Comparisons } from "engram/stages/artifacts/mod.ts";
 * import * as report from "engram/stages/report/mod.ts";
 * import * as stats from "engram/stages/stats/mod.ts";
 * function graph(comparisons: Node<typeof Comparisons, "one">) {
 *   return report.curve({ gain: stats.asMetrics({ comparisons }, { group: "sam" }) }, { x: "slice", percent: true });
 * }
 * ```
 */
export const asMetrics = stage({
  name: "differences-as-metrics",
  doc: "Paired differences of one group as numbers with intervals",
  inputs: { comparisons: Comparisons },
  params: z.object({ group: z.string().optional().describe("Whose differences; without it there must be one group") }),
  output: Metrics,
  run({ comparisons: c }, { group }) {
    const rows = [...c.value.keys()].filter((i) => group === undefined || c.group[i] === group);
    const groups = [...new Set(rows.map((i) => c.group[i]!))];
    if (groups.length !== 1) {
      throw new RangeError(
        `Cannot take differences of ${groups.length} groups as numbers: set "group" to one of "${
          [...new Set(c.group)].join('", "')
        }"`,
      );
    }
    return metricsOf(rows.map((i) => ({
      measure: c.attack[i]!,
      metric: c.metric[i]!,
      slice: c.slice[i]!,
      value: c.value[i]!,
      low: c.low[i]!,
      high: c.high[i]!,
      n: c.models[i]!,
    })));
  },
});
