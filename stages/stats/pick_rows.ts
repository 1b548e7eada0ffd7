/** @file Some rows of metrics under other names, so that a figure can put them beside others. */
import { z } from "zod";
import { stage, type Value } from "../../dsl/mod.ts";
import { Metrics } from "../artifacts/mod.ts";
import { fitting, quantity } from "./points.ts";

/**
 * The rows that are of a quantity, with the names in `as` in place of theirs. `flip` takes the absolute value of a
 * correlation whose sign is the score's own, as that of memorization with the C-score.
 *
 * @throws RangeError when no row is
 *
 * @example
 * ```ts
 * import type { MetricsNode } from "engram/stages/report/mod.ts";
 * import * as stats from "engram/stages/stats/mod.ts";
 * function graph(agreement: MetricsNode) {
 *   const of = { measure: "memorization", metric: "spearman", slice: "curvature" };
 *   return { proxy: stats.pickRows({ metrics: agreement }, { of, as: { measure: "curvature of one model" } }) };
 * }
 * ```
 */
export const pickRows = stage({
  name: "pick-rows",
  doc: "Some rows of metrics, under other names",
  inputs: { metrics: Metrics },
  params: z.object({
    of: quantity,
    as: z.object({
      measure: z.string().optional(),
      metric: z.string().optional(),
      slice: z.string().optional(),
    }).prefault({}),
    flip: z.boolean().default(false).describe("whether negative numbers change sign, and their intervals ends"),
  }),
  output: Metrics,
  run({ metrics: m }, { of, as, flip }) {
    const rows = [...m.value.keys()].filter((i) =>
      fitting({ measure: m.measure[i]!, metric: m.metric[i]!, slice: m.slice[i]! }, of)
    );
    if (rows.length === 0) throw new RangeError(`No row is of ${JSON.stringify(of)}`);
    const negative = (i: number) => flip && m.value[i]! < 0;
    const numbers = (of: (i: number) => number) => Float64Array.from(rows, of);
    const picked: Value<typeof Metrics> = {
      measure: rows.map((i) => as.measure ?? m.measure[i]!),
      metric: rows.map((i) => as.metric ?? m.metric[i]!),
      slice: rows.map((i) => as.slice ?? m.slice[i]!),
      model: Int32Array.from(rows, (i) => m.model[i]!),
      value: numbers((i) => negative(i) ? -m.value[i]! : m.value[i]!),
      low: numbers((i) => negative(i) ? -m.high[i]! : m.low[i]!),
      high: numbers((i) => negative(i) ? -m.low[i]! : m.high[i]!),
      n: Uint32Array.from(rows, (i) => m.n[i]!),
      queries: Uint32Array.from(rows, (i) => m.queries[i]!),
      threat: rows.map((i) => m.threat[i]!),
    };
    return picked;
  },
});
