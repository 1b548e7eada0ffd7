/** @file Metrics made by hand, and running a report's stage on them. */
import type { ArtifactType, StageContext, StageDefinition, Value } from "engram/dsl/mod.ts";
import type { Metrics, Table } from "engram/stages/artifacts/mod.ts";

/** One row of Metrics; what is left out is as for the mean accuracy over four models. */
export interface Row {
  readonly measure?: string;
  readonly metric?: string;
  readonly slice?: string;
  readonly model?: number;
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
  readonly n?: number;
  readonly queries?: number;
  readonly threat?: string;
}

/** Metrics with these rows. */
export function metrics(...rows: readonly Row[]): Value<typeof Metrics> {
  return {
    measure: rows.map((row) => row.measure ?? "accuracy"),
    metric: rows.map((row) => row.metric ?? "test accuracy"),
    slice: rows.map((row) => row.slice ?? "all"),
    model: Int32Array.from(rows, (row) => row.model ?? -1),
    value: Float64Array.from(rows, (row) => row.value),
    low: Float64Array.from(rows, (row) => row.low ?? NaN),
    high: Float64Array.from(rows, (row) => row.high ?? NaN),
    n: Uint32Array.from(rows, (row) => row.n ?? 4),
    queries: Uint32Array.from(rows, (row) => row.queries ?? 0),
    threat: rows.map((row) => row.threat ?? ""),
  };
}

/** What a run made: its files by extension, and what it logged. */
export interface Made {
  readonly files: Readonly<Record<string, string>>;
  readonly extensions: readonly string[];
  readonly log: readonly string[];
}

/** Runs the stage of a report on metrics by name. */
export async function run(
  report: { readonly definition: StageDefinition },
  named: Readonly<Record<string, Value<typeof Metrics>>>,
  params: Readonly<Record<string, unknown>> = {},
): Promise<Made> {
  const log: string[] = [];
  const context: StageContext = {
    branch: "",
    device: "cpu",
    dataDirectory: "",
    signal: new AbortController().signal,
    progress() {},
    log: (message) => log.push(message),
  };
  const { definition } = report;
  const made = await definition.run(
    { metrics: named } as never,
    definition.params.parse(params) as never,
    context,
  ) as Value<typeof Table & ArtifactType>;
  const files = Object.fromEntries(made.extension.map((extension, i) => [extension, made.content[i]!]));
  return { files, extensions: made.extension, log };
}
