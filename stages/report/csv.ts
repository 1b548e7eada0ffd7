/** @file Measurements as CSV (RFC 4180): long, complete, at full precision. */
import { stringify } from "csv-stringify/sync";
import type { Measurement } from "./measurements.ts";

/** The columns, in order. Numbers are fractions; `model` is -1 for the mean over models. */
export const CSV_COLUMNS = [
  "group",
  "input",
  "measure",
  "metric",
  "slice",
  "model",
  "value",
  "low",
  "high",
  "n",
  "queries",
  "threat",
] as const satisfies readonly (keyof Measurement)[];

/**
 * Writes a row a measurement. Numbers are the shortest that read back as the same double; a missing one is `NaN`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { csv } from "engram/stages/report/csv.ts";
 * assert(csv([]) === "group,input,measure,metric,slice,model,value,low,high,n,queries,threat\r\n");
 * ```
 */
export function csv(measurements: readonly Measurement[]): string {
  return stringify([...measurements], {
    header: true,
    columns: [...CSV_COLUMNS],
    record_delimiter: "windows",
  });
}
