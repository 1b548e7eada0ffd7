/** @file Points: several numbers about each model of each group, for what relates one of them to others. */
import { z } from "zod";
import { didYouMean, type Value } from "../../dsl/mod.ts";
import type { Metrics } from "../artifacts/mod.ts";
import { byModel, type MetricRow, rowsOf } from "./rows.ts";

/** Which number: names whole, or up to a comma (`LiRA online` is `LiRA online, global variance`, too). */
export const quantity = z.object({
  measure: z.string().optional(),
  metric: z.string().optional(),
  slice: z.string().default("all"),
  name: z.string().optional().describe("What to call it; by default its own names"),
});

/** Which number, parsed. */
export type Quantity = z.output<typeof quantity>;

/** One model of a group, with its numbers in the order of the quantities. */
export interface Point {
  readonly group: string;
  readonly model: number;
  readonly values: readonly number[];
}

/**
 * The models that have every quantity as a finite number, by group and model.
 *
 * @throws RangeError when no row fits a quantity, or two that differ do
 */
export function pointsOf(
  metrics: Readonly<Record<string, Value<typeof Metrics>>>,
  quantities: readonly Quantity[],
): Point[] {
  const rows = rowsOf(metrics).filter(({ model }) => model >= 0);
  const byGroup = quantities.map((wanted) => {
    const fits = rows.filter((row) => fitting(row, wanted));
    if (fits.length === 0) throw new RangeError(`No number about a model is ${text(wanted)}: ${hint(rows, wanted)}`);
    const groups = Map.groupBy(fits, ({ group }) => group);
    return new Map([...groups].map(([group, members]) => [group, byModel(members)]));
  });
  return [...byGroup[0]!].flatMap(([group, models]) =>
    [...models.keys()].map((model) => ({
      group,
      model,
      values: byGroup.map((values) => values.get(group)?.get(model) ?? NaN),
    }))
  ).filter(({ values }) => values.every(Number.isFinite));
}

/** What a quantity is called. */
export function nameOf({ measure, metric, slice, name }: Quantity): string {
  return name ?? [measure, metric, slice === "all" ? undefined : slice].filter((part) => part !== undefined).join(", ");
}

/** Whether a row is of a quantity. */
export function fitting(row: Pick<MetricRow, "measure" | "metric" | "slice">, wanted: Quantity): boolean {
  return (["measure", "metric", "slice"] as const).every((key) => {
    const name = wanted[key];
    return name === undefined || row[key] === name || row[key].startsWith(`${name}, `);
  });
}

function hint(rows: readonly MetricRow[], wanted: Quantity): string {
  for (const key of ["measure", "metric", "slice"] as const) {
    const name = wanted[key];
    const known = new Set(rows.map((row) => row[key]));
    if (name !== undefined && !rows.some((row) => row[key] === name || row[key].startsWith(`${name}, `))) {
      return didYouMean(name, known);
    }
  }
  return "no row has all of these names at once";
}

function text(wanted: Quantity): string {
  return JSON.stringify({ measure: wanted.measure, metric: wanted.metric, slice: wanted.slice });
}
