/** @file Rows of metrics and of differences as one kind of row, and the verdict on one. */
import type { Value } from "../../dsl/mod.ts";
import type { Comparisons, Metrics } from "../artifacts/mod.ts";

/** A number with its interval, whatever table it comes from. */
export interface Row {
  /** Its names in words. */
  readonly name: string;
  readonly measure: string;
  readonly metric: string;
  readonly slice: string;
  /** Of a difference: who is compared; otherwise empty. */
  readonly group: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** After Holm's correction; NaN where there is none. */
  readonly p: number;
  readonly n: number;
}

/** What must be true of a row: names whole, or up to a comma (`LiRA online` is `LiRA online, global variance`, too). */
export type Selector = { readonly [K in "measure" | "metric" | "slice" | "group"]?: string | undefined };

/** What an experiment says about a claim. */
export type Verdict = "supported" | "contradicted" | "undecided";

/** The rows of a table; of metrics the means over models only. */
export function rowsOf(source: Value<typeof Metrics> | Value<typeof Comparisons>): Row[] {
  return "attack" in source ? differences(source) : means(source);
}

function differences(c: Value<typeof Comparisons>): Row[] {
  return Array.from(c.value, (value, i) => {
    const [measure, metric, slice, group] = [c.attack[i]!, c.metric[i]!, c.slice[i]!, c.group[i]!];
    const name = `${group} - ${c.reference[i]!}, ${words(measure, metric, slice)}`;
    const interval = { value, low: c.low[i]!, high: c.high[i]! };
    return { name, measure, metric, slice, group, ...interval, p: c.holm[i]!, n: c.models[i]! };
  });
}

function means(m: Value<typeof Metrics>): Row[] {
  return Array.from(m.value, (value, i) => {
    const [measure, metric, slice] = [m.measure[i]!, m.metric[i]!, m.slice[i]!];
    const names = { name: words(measure, metric, slice), measure, metric, slice, group: "" };
    return { ...names, value, low: m.low[i]!, high: m.high[i]!, p: NaN, n: m.n[i]! };
  }).filter((_, i) => m.model[i] === -1);
}

function words(measure: string, metric: string, slice: string): string {
  return [measure, metric, slice === "all" ? "" : slice].filter((word) => word !== "").join(", ");
}

/**
 * The one row that fits.
 *
 * @throws RangeError when none does, or several do.
 */
export function select(rows: readonly Row[], selector: Selector, question: string): Row {
  const wanted = Object.entries(selector).filter(([, value]) => value !== undefined) as [keyof Selector, string][];
  const fits = rows.filter((row) => wanted.every(([key, value]) => fitting(row[key], value)));
  if (fits.length === 1) return fits[0]!;
  const listed = (fits.length === 0 ? rows : fits).slice(0, 12).map(({ measure, metric, slice, group }) =>
    JSON.stringify({ measure, metric, slice, group })
  );
  throw new RangeError(
    `Cannot answer "${question}": ${fits.length} rows fit ${JSON.stringify(selector)}; name one of ${
      listed.join(", ")
    }`,
  );
}

function fitting(name: string, wanted: string): boolean {
  return name === wanted || name.startsWith(`${wanted}, `);
}

/** Whether the whole interval lies where the claim has the number. */
export function verdictOf(row: Row, expect: "above" | "below", than: number): Verdict {
  if (row.p >= 0.05) return "undecided";
  const above = row.low > than;
  const below = row.high < than;
  if (!above && !below) return "undecided";
  return (expect === "above") === above ? "supported" : "contradicted";
}
