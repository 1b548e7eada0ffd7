/** @file Measurements: the rows of all metrics wired into a report, with the group each belongs to. */
import { didYouMean, type Value } from "../../dsl/mod.ts";
import type { Metrics } from "../artifacts/mod.ts";

/** One row of Metrics, and where it came from. Numbers are fractions, as in Metrics. */
export interface Measurement {
  /** First part of the input's name: `sam`. */
  readonly group: string;
  /** The rest of the input's name: `attacks/0`; empty where a group is a single node. */
  readonly input: string;
  readonly measure: string;
  readonly metric: string;
  readonly slice: string;
  /** -1 for the mean over models. */
  readonly model: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
  readonly queries: number;
  readonly threat: string;
}

/** Metrics by name, as a report's stage receives them. */
export type NamedMetrics = Readonly<Record<string, Value<typeof Metrics>>>;

// A fixed locale: the order must not depend on the machine's language. Numeric: "attacks/10" comes after "attacks/9".
const natural = new Intl.Collator("en", { numeric: true });

/**
 * The groups to report on, in order: `wanted`, or all in natural order.
 *
 * @throws RangeError when a wanted group has no metrics.
 */
export function groupsOf(metrics: NamedMetrics, wanted: readonly string[] | undefined): string[] {
  const known = [...new Set(Object.keys(metrics).map(groupOf))].sort(natural.compare);
  for (const group of wanted ?? []) {
    if (!known.includes(group)) {
      throw new RangeError(`Cannot report on group "${group}", it has no metrics: ${didYouMean(group, known)}`);
    }
  }
  return [...new Set(wanted ?? known)];
}

/** All measurements of `groups`, group by group, then in natural order of the inputs' names. */
export function measurements(metrics: NamedMetrics, groups: readonly string[]): Measurement[] {
  const names = Object.keys(metrics).sort(natural.compare);
  return groups.flatMap((group) => names.filter((name) => groupOf(name) === group)).flatMap((name) => {
    const m = metrics[name]!;
    const origin = { group: groupOf(name), input: name.slice(groupOf(name).length + 1) };
    return m.measure.map((measure, i): Measurement => ({
      ...origin,
      measure,
      metric: m.metric[i]!,
      slice: m.slice[i]!,
      model: m.model[i]!,
      value: m.value[i]!,
      low: m.low[i]!,
      high: m.high[i]!,
      n: m.n[i]!,
      queries: m.queries[i]!,
      threat: m.threat[i]!,
    }));
  });
}

/**
 * The one measurement among `candidates`; the same number from two inputs counts once.
 *
 * @throws RangeError when two inputs give different numbers for the same thing.
 */
export function single(candidates: readonly Measurement[]): Measurement | undefined {
  const [first, ...rest] = candidates;
  const other = rest.find((m) => !Object.is(m.value, first?.value) || !Object.is(m.low, first?.low));
  if (first !== undefined && other !== undefined) {
    throw new RangeError(
      `Cannot tell apart two numbers for "${first.measure}", "${first.metric}", "${first.slice}" of group ` +
        `"${first.group}": input "${first.input}" says ${first.value}, input "${other.input}" says ${other.value}; ` +
        `give the measures different names or report on them apart`,
    );
  }
  return first;
}

function groupOf(name: string): string {
  return name.split("/", 1)[0]!;
}
