/** @file Comparisons of differences, their p-values corrected over all of them. */
import type { Value } from "../../dsl/mod.ts";
import type { Comparisons } from "../artifacts/mod.ts";
import { benjaminiHochberg, holm } from "./multiplicity.ts";

/** One difference between a group and the reference. */
export interface Difference {
  readonly attack: string;
  readonly threat?: string;
  readonly metric: string;
  readonly slice: string;
  readonly group: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly p: number;
  /** How many pairs of models. */
  readonly models: number;
}

/** A row a difference; Holm and Benjamini-Hochberg correct over all rows. */
export function comparisonsOf(rows: readonly Difference[], reference: string): Value<typeof Comparisons> {
  const p = rows.map((row) => row.p);
  return {
    attack: rows.map((row) => row.attack),
    threat: rows.map((row) => row.threat ?? ""),
    metric: rows.map((row) => row.metric),
    slice: rows.map((row) => row.slice),
    group: rows.map((row) => row.group),
    reference: rows.map(() => reference),
    value: Float64Array.from(rows, (row) => row.value),
    low: Float64Array.from(rows, (row) => row.low),
    high: Float64Array.from(rows, (row) => row.high),
    p: Float64Array.from(p),
    holm: Float64Array.from(holm(p)),
    bh: Float64Array.from(benjaminiHochberg(p)),
    models: Uint32Array.from(rows, (row) => row.models),
  };
}
