/** @file run(): runs a pipeline, reusing what is cached. */
import { InterruptedError } from "./errors.ts";
import { DeviceRunner } from "./device.ts";
import { Execution } from "./execution.ts";
import { expectWork, isUnchanged } from "./expectation.ts";
import { errorOf, leaveRecord, writeOutputs } from "./finish.ts";
import type { Warn } from "./lookup.ts";
import { WorkerPool } from "./pool.ts";
import { drainRemote, withoutBrokenPromises } from "./remote.ts";
import type { Report } from "./report.ts";
import type { PipelineRequest, RunOptions } from "./request.ts";
import { InlineRunner, type Runner, type Surroundings } from "./runner.ts";
import { closeSession, openSession, reportOf, type Session, type Watch } from "./session.ts";
import { spareSince } from "./spare.ts";

/**
 * Runs a pipeline. A stage that fails is told in the report, not thrown.
 *
 * @param options.jobs how many branches run at once, each in a worker; 0 runs them in this thread, one by one.
 * @throws RequestError when the request is wrong and nothing ran; InterruptedError when `options.signal` was aborted.
 */
export async function run(
  request: PipelineRequest,
  options: RunOptions,
  watch: Watch = () => {},
): Promise<Report> {
  let warnings = 0;
  function watched(event: Parameters<Watch>[0]): void {
    if (event.kind === "log" && event.level === "warning") warnings++;
    watch(event);
  }
  const pool = options.jobs === 0 ? undefined : makePool(request, options);
  const since = spareSince();
  let session: Session;
  try {
    const warn = (message: string) => watched({ kind: "log", id: null, level: "warning", message });
    // Waited for, as loading the pipeline keeps this thread busy: the worker then starts beside that.
    const imported = pool && await warmUp(pool, request, options, warn);
    session = await openSession(request, options, watched);
    const changed = imported !== undefined && !await isUnchanged(imported, session.codes);
    if (changed || since !== undefined && await session.codes.changedSince(since)) pool?.cool();
  } catch (error) {
    await pool?.close();
    throw error;
  }
  const runner = new DeviceRunner(pool ?? inlineRunner(session, options), options);
  function interrupt(): void {
    runner.close();
  }
  options.signal?.addEventListener("abort", interrupt);
  try {
    const listed = session.nodes.map(({ id, node }) => ({ id, stage: node.stage.name }));
    watched({ kind: "graph", nodes: listed });
    const { nodes, outputs } = await withoutBrokenPromises(session, watched, async () => {
      const execution = new Execution(session, options, runner, watched);
      const nodes = await execution.run();
      if (options.signal?.aborted) throw new InterruptedError();
      if (runner.refusal !== undefined) throw runner.refusal;
      return { nodes, outputs: await writeOutputs(session, execution, options) };
    });
    await drainRemote(session, options, watched);
    const error = errorOf(nodes, warnings, options);
    const report = reportOf(session, runner.device ?? options.device, nodes, outputs, error);
    await leaveRecord(session, request, options, report, watched);
    return report;
  } finally {
    options.signal?.removeEventListener("abort", interrupt);
    await runner.close();
    await closeSession(session, watched);
  }
}

/** Starts a worker where one is likely to be needed; gives the stamps of what it is about to import. */
async function warmUp(
  pool: WorkerPool,
  request: PipelineRequest,
  options: RunOptions,
  warn: Warn,
): Promise<ReadonlyMap<string, string> | undefined> {
  const stamps = await expectWork(request, options, warn);
  if (stamps !== undefined) pool.warm();
  return stamps;
}

/** The runner that the options ask for. */
export function makeRunner(session: Session, request: PipelineRequest, options: RunOptions): DeviceRunner {
  const runner = options.jobs === 0 ? inlineRunner(session, options) : makePool(request, options);
  return new DeviceRunner(runner, options);
}

function inlineRunner({ store, graph }: Session, options: RunOptions): Runner {
  return new InlineRunner(store, graph.nodes, surroundingsOf(options));
}

function makePool(request: PipelineRequest, options: RunOptions): WorkerPool {
  const slots = options.jobs ?? navigator.hardwareConcurrency;
  return new WorkerPool(slots, request, options.cache, surroundingsOf(options));
}

function surroundingsOf({ data, cache, devices }: RunOptions): Surroundings {
  return { dataDirectory: data, cache, devices: devices?.module };
}
