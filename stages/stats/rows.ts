/** @file Rows of metrics by group: what stages that compare or relate whole zoos read. */
import { didYouMean, type Value } from "../../dsl/mod.ts";
import type { Metrics } from "../artifacts/mod.ts";
import { partsOf } from "./groups.ts";

/** One number about one model of a group, or about all of them (`model` -1). */
export interface MetricRow {
  /** First part of the input's name: `sam`. */
  readonly group: string;
  readonly measure: string;
  readonly metric: string;
  readonly slice: string;
  readonly threat: string;
  readonly queries: number;
  readonly model: number;
  readonly value: number;
}

/** All rows, in the order of the inputs' names and then of the tables. */
export function rowsOf(metrics: Readonly<Record<string, Value<typeof Metrics>>>): MetricRow[] {
  return Object.keys(metrics).sort().flatMap((name) => {
    const { measure, metric, slice, threat, queries, model, value } = metrics[name]!;
    const { group } = partsOf(name);
    return [...value.keys()].map((i) => ({
      group,
      measure: measure[i]!,
      metric: metric[i]!,
      slice: slice[i]!,
      threat: threat[i]!,
      queries: queries[i]!,
      model: model[i]!,
      value: value[i]!,
    }));
  });
}

/**
 * The values of single models by their index.
 *
 * @throws RangeError when one model has two values that differ
 */
export function byModel(rows: readonly MetricRow[]): Map<number, number> {
  const values = new Map<number, number>();
  for (const { model, value, group, measure, metric, slice } of rows.filter((row) => row.model >= 0)) {
    const known = values.get(model);
    if (known !== undefined && !Object.is(known, value)) {
      throw new RangeError(
        `Cannot tell apart two numbers for "${measure}", "${metric}", "${slice}" of model ${model} of group "${group}": ` +
          `${known} and ${value}; give the measures different names`,
      );
    }
    values.set(model, value);
  }
  return values;
}

/** Those of `rows` whose `field` is among `wanted`; all without `wanted`. */
export function only<T extends MetricRow>(
  rows: readonly T[],
  field: "measure" | "metric" | "slice" | "group",
  wanted: readonly string[] | undefined,
): T[] {
  if (wanted === undefined) return [...rows];
  const known = new Set(rows.map((row) => row[field]));
  for (const name of wanted) {
    if (!known.has(name)) throw new RangeError(`No row has ${field} "${name}": ${didYouMean(name, known)}`);
  }
  return rows.filter((row) => wanted.includes(row[field]));
}
