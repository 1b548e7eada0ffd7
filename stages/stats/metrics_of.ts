/** @file Metrics of numbers that are no mean over models, or bring their intervals along. */
import type { Value } from "../../dsl/mod.ts";
import type { Metrics } from "../artifacts/mod.ts";

/** One number with its interval. */
export interface Estimate {
  readonly measure: string;
  readonly metric: string;
  readonly slice: string;
  /** Of which model; -1, the default, of none. */
  readonly model?: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** What it rests on: models or examples. */
  readonly n: number;
}

/** A row a number. */
export function metricsOf(rows: readonly Estimate[]): Value<typeof Metrics> {
  return {
    measure: rows.map((row) => row.measure),
    metric: rows.map((row) => row.metric),
    slice: rows.map((row) => row.slice),
    model: Int32Array.from(rows, (row) => row.model ?? -1),
    value: Float64Array.from(rows, (row) => row.value),
    low: Float64Array.from(rows, (row) => row.low),
    high: Float64Array.from(rows, (row) => row.high),
    n: Uint32Array.from(rows, (row) => row.n),
    queries: new Uint32Array(rows.length),
    threat: rows.map(() => ""),
  };
}
