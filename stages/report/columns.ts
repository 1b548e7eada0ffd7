/** @file Columns of a table: one for each measure and metric that is wanted. */
import { didYouMean } from "../../dsl/mod.ts";
import { type Measurement, single } from "./measurements.ts";
import { type Direction, type Standing, standings } from "./ties.ts";

/** A column: what it shows, and a cell a group. */
export interface Column {
  readonly measure: string;
  readonly metric: string;
  readonly queries: number;
  readonly threat: string;
  readonly direction: Direction;
  readonly cells: readonly (Measurement | undefined)[];
  readonly standings: readonly Standing[];
}

/**
 * The columns for `metrics` on `slice`, means over models only. Measures without queries come first, then attacks, fewest
 * queries first; within one measure, metrics stand in the order asked for. Numbers that differ in their query count or
 * threat model are never in one column.
 *
 * @throws RangeError when nothing that is wanted was measured.
 */
export function columnsOf(
  all: readonly Measurement[],
  groups: readonly string[],
  metrics: readonly string[],
  slice: string,
): Column[] {
  const means = all.filter((m) => m.model === -1);
  const wanted = means.filter((m) => m.slice === slice && metrics.includes(m.metric));
  if (wanted.length === 0) {
    const known = new Set(means.filter((m) => m.slice === slice).map((m) => m.metric));
    throw new RangeError(
      known.size === 0
        ? `Cannot make a table of slice "${slice}": ${didYouMean(slice, new Set(means.map((m) => m.slice)))}`
        : `Cannot make a table of metric "${metrics[0]}": ${didYouMean(metrics[0] ?? "", known)}`,
    );
  }
  const byColumn = Map.groupBy(wanted, (m) => JSON.stringify([m.measure, m.metric, m.queries, m.threat]));
  const measures = [...new Set(wanted.map((m) => m.measure))];
  const columns = [...byColumn.values()].map((members): Column => {
    const { measure, metric, queries, threat } = members[0]!;
    const cells = groups.map((group) => single(members.filter((m) => m.group === group)));
    const direction = directionOf(metric, queries);
    return { measure, metric, queries, threat, direction, cells, standings: standings(cells, direction) };
  });
  return columns.sort((a, b) =>
    a.queries - b.queries || measures.indexOf(a.measure) - measures.indexOf(b.measure) ||
    metrics.indexOf(a.metric) - metrics.indexOf(b.metric)
  );
}

/**
 * A model is better the more it gets right on data it has not seen, and safer the less an attack gets right. Accuracy on
 * its own training set is neither good nor bad: it shows how far training has converged.
 */
function directionOf(metric: string, queries: number): Direction {
  if (queries > 0) return "lowest";
  return metric.endsWith("test accuracy") || metric === "non-member accuracy" ? "highest" : undefined;
}
