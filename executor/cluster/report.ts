/** @file Who is at work on a pipeline: pools, their workers, what each computes, how fast, and what failed. */
import { resolve } from "node:path";
import { launchers } from "../launchers/mod.ts";
import { type Crew, type CrewKind, type Current, type FailureNote, type PoolFolder, poolsOf } from "./folder.ts";
import { isAlive, isSilent } from "./pool.ts";

/** One worker. */
export interface WorkerReport {
  readonly id: string;
  readonly crew: CrewKind;
  readonly host: string;
  readonly pid: number;
  /** What the scheduler calls it; "" where none does. */
  readonly job: string;
  /** `silent`: it should have said something by now. */
  readonly state: "working" | "waiting" | "leaving" | "ended" | "silent";
  /** Why it ended; "" while it has not. */
  readonly why: string;
  readonly ran: number;
  readonly failed: number;
  readonly seconds: number;
  /** Share of its time in which it computed something; above 1 where it computes several branches at once. */
  readonly busy: number;
  /** Seconds since it said so, by the clock of the disk. */
  readonly seenSecondsAgo: number;
  readonly current: readonly Current[];
}

/** One pool. */
export interface PoolReport {
  readonly id: string;
  readonly pipeline: string;
  readonly when: string;
  /** Whether it has workers, or may have. */
  readonly alive: boolean;
  readonly crews: readonly Crew[];
  readonly workers: readonly WorkerReport[];
  /** Branches that its workers computed, and how many a minute those do that are at work. */
  readonly ran: number;
  readonly branchesAMinute: number;
  readonly failures: readonly FailureNote[];
  /** Where scripts and logs are. */
  readonly folder: string;
}

/**
 * The pools of a pipeline on a store, newest first.
 *
 * @param pipeline the path of the pipeline's file
 * @param all also those whose workers have all ended
 */
export async function poolsAtWork(cache: string, pipeline: string, all = false): Promise<PoolReport[]> {
  const path = pipeline.startsWith("file:") ? pipeline : resolve(pipeline);
  const reports: PoolReport[] = [];
  for (const folder of await poolsOf(cache)) {
    const record = await folder.read();
    if (record === undefined || record.request.pipeline !== path) continue;
    const alive = await isAlive(folder, record);
    if (alive || all) reports.push({ ...await look(folder), ...head(record), alive });
  }
  return reports;
}

function head({ id, pipeline, when, crews }: Pick<PoolReport, "id" | "pipeline" | "when" | "crews">) {
  return { id, pipeline, when, crews };
}

/**
 * Ends the workers of a pipeline's pools; what they finished is kept.
 *
 * @returns the pools that were told
 */
export async function cancelWorkers(cache: string, pipeline: string): Promise<PoolReport[]> {
  const pools = await poolsAtWork(cache, pipeline);
  for (const { crews } of pools) {
    for (const { handle } of crews) await launchers[handle.launcher].cancel(handle);
  }
  return pools;
}

async function look(folder: PoolFolder): Promise<Omit<PoolReport, "alive" | "id" | "pipeline" | "when" | "crews">> {
  const statuses = await folder.statuses();
  const nowMs = await folder.diskTime();
  const workers = statuses.map((status): WorkerReport => {
    const { id, crew, process, job, state, why, ran, failed, seconds, busySeconds, current, writtenMs } = status;
    const isLost = state !== "ended" && isSilent(status, nowMs);
    return {
      ...{ id, crew, host: process.host, pid: process.pid, job, why, ran, failed, seconds, current },
      state: isLost ? "silent" : state,
      busy: seconds > 0 ? busySeconds / seconds : 0,
      seenSecondsAgo: Math.max(0, (nowMs - writtenMs) / 1000),
    };
  });
  const atWork = workers.filter(({ state }) => state !== "ended" && state !== "silent");
  const perSecond = atWork.reduce((sum, { ran, seconds }) => sum + (seconds > 0 ? ran / seconds : 0), 0);
  return {
    workers: workers.sort((a, b) => a.host.localeCompare(b.host) || a.pid - b.pid),
    ran: workers.reduce((sum, { ran }) => sum + ran, 0),
    branchesAMinute: 60 * perSecond,
    failures: [...(await folder.failures()).values()],
    folder: folder.path,
  };
}
