/** @file work(): a worker process. It builds the same graph as whoever began its pool, and takes branches until none are left. */
import { messageOf, RequestError } from "../errors.ts";
import { Execution } from "../execution.ts";
import type { DeviceOptions } from "../device.ts";
import { drainRemote } from "../remote.ts";
import type { RunOptions } from "../request.ts";
import { makeRunner } from "../run.ts";
import { closeSession, openSession, type Watch } from "../session.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { type CrewKind, PoolFolder } from "./folder.ts";
import { WorkerPart } from "./worker_part.ts";

/** How a worker works. */
export interface WorkOptions {
  /** Which branches it takes; any by default. */
  readonly crew?: CrewKind | undefined;
  /** How many branches it computes at once; as the pool says by default and, where it does not, `cores`. */
  readonly jobs?: number | undefined;
  /** The cores that a scheduler gave it. */
  readonly cores?: number | undefined;
  readonly device?: string | undefined;
  readonly devices?: DeviceOptions | undefined;
  readonly data?: string | undefined;
  /** Seconds without anything to take after which it ends: others may need the machine. 600 by default. */
  readonly idleSeconds?: number | undefined;
  /** What the scheduler calls it; for people. */
  readonly job?: string | undefined;
  /**
   * Aborted when the worker is to leave: it takes nothing more. The reason is how many seconds what it is at may take on
   * before it is stopped, as a number.
   */
  readonly leave?: AbortSignal | undefined;
}

/** How a worker ended. */
export interface WorkEnd {
  /** `drained`: nothing is left for it; `idle`: others are at what is left; `left`: it was told to. */
  readonly why: "drained" | "idle" | "left";
  readonly ran: number;
  readonly failed: number;
}

/** Seconds that a branch may take on where whoever asks a worker to leave does not say. */
const GRACE_SECONDS = 10;

/**
 * Works for a pool until nothing is left to take.
 *
 * @throws RequestError where there is no such pool, or the code or the pipeline is not what the pool was begun with.
 */
export async function work(
  cache: string,
  pool: string,
  asked: WorkOptions = {},
  watch: Watch = () => {},
): Promise<WorkEnd> {
  const folder = new PoolFolder(cache, pool);
  const record = await folder.read();
  if (record === undefined) {
    throw new RequestError(`Cannot find the pool "${pool}" in the store "${cache}": begin one with run --launcher`);
  }
  const stop = new AbortController();
  const { crew, idleSeconds, job, leave, cores, ...given } = asked;
  const options: RunOptions = {
    ...record.options,
    jobs: record.options.jobs ?? cores,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    cache,
    signal: stop.signal,
  };
  const session = await openSession(record.request, options, watch);
  try {
    if (await fingerprintOf(session, options) !== record.fingerprint) {
      throw new RequestError(
        `Cannot work for pool "${pool}": the code or the pipeline is not what it was begun with; run the pipeline again`,
      );
    }
    const runner = makeRunner(session, record.request, options);
    const part = new WorkerPart(session.store, folder, {
      crew: crew ?? "any",
      processes: Math.max(1, record.crews.reduce((sum, { size }) => sum + size, 0)),
      job: job ?? "",
      idleSeconds: idleSeconds ?? 600,
      stop,
      watch,
    });
    let closing: Promise<void> | undefined;
    const close = () => closing ??= runner.close();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const depart = () => {
      runner.hurry?.();
      const seconds = typeof leave?.reason === "number" ? leave.reason : GRACE_SECONDS;
      timer = setTimeout(close, 1000 * seconds);
      part.leave();
    };
    if (leave?.aborted) depart();
    leave?.addEventListener("abort", depart);
    try {
      const nodes = session.nodes.map(({ id, node }) => ({ id, stage: node.stage.name }));
      watch({ kind: "graph", nodes });
      await part.open();
      const reports = await new Execution(session, options, runner, part.watch, part).run();
      if (runner.refusal !== undefined) throw runner.refusal;
      await drainRemote(session, { signal: leave }, watch);
      const why = leave?.aborted ? "left" : part.isIdle ? "idle" : "drained";
      const own = part.refusal ?? reports.find(({ status }) => status === "failed")?.reason;
      await part.close(why === "drained" && part.failed > 0 && own !== undefined ? own : why);
      if (part.refusal !== undefined) throw new RequestError(part.refusal);
      return { why, ran: part.ran, failed: part.failed };
    } catch (error) {
      await part.close(messageOf(error));
      throw error;
    } finally {
      leave?.removeEventListener("abort", depart);
      clearTimeout(timer);
      await close();
    }
  } finally {
    await closeSession(session, watch);
  }
}
