/** @file The log of runs: every run leaves a record of what it was asked, what it did, and on what machine. */
import type { Store } from "../cache/mod.ts";
import { openExistingStore } from "./open_store.ts";
import type { PipelineRequest } from "./request.ts";
import type { Report } from "./report.ts";

/** The notes that runs leave. */
const RUNS = "runs";

/** What a run leaves in the store. */
export interface RunRecord {
  /** Names the run: its time and a few random digits. */
  readonly id: string;
  readonly when: string;
  /** The pipeline's parameters, with defaults filled in. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly report: Report;
  /** What was asked for; the pipeline's path is absolute. */
  readonly request: PipelineRequest;
  readonly environment: Readonly<Record<string, string>>;
}

/** A name for a run that starts now: names sort by time. */
export function newRunId(): string {
  return `${new Date().toISOString().replaceAll(/[:.]/g, "-")}-${crypto.randomUUID().slice(0, 8)}`;
}

/** Writes a run down. */
export async function writeRun(store: Store, record: RunRecord): Promise<void> {
  await store.writeNote(RUNS, record.id, record);
}

/**
 * The latest runs on a store, newest first.
 *
 * @param of only runs that made or used this: a result's digest or key, or a run's id, or the beginning of one.
 * @throws RequestError when there is no store to be read.
 */
export async function log(cache: string, head: number, of = ""): Promise<RunRecord[]> {
  await using store = await openExistingStore(cache);
  const runs: RunRecord[] = [];
  for await (const { value } of store.listNotes(RUNS, { reverse: true })) {
    const run = value as RunRecord;
    if (concerns(run, of) && runs.push(run) >= head) break;
  }
  return runs;
}

function concerns({ id, report }: RunRecord, of: string): boolean {
  const names = [id ?? "", ...report.nodes.flatMap(({ key, digest }) => [key ?? "", digest ?? ""])];
  return names.some((name) => name.startsWith(of));
}
