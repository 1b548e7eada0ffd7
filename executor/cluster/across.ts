/** @file runAcross(): a pipeline that worker processes run, here or on a cluster; this process follows the store. */
import { resolve } from "node:path";
import { crewsOf, type Profile } from "../launchers/mod.ts";
import { InterruptedError, RequestError } from "../errors.ts";
import { Execution } from "../execution.ts";
import { errorOf, leaveRecord, writeOutputs } from "../finish.ts";
import { drainRemote } from "../remote.ts";
import type { Report } from "../report.ts";
import type { PipelineRequest, RunOptions } from "../request.ts";
import { makeRunner } from "../run.ts";
import { closeSession, openSession, reportOf, type Watch } from "../session.ts";
import { DriverPart } from "./driver_part.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { Handle, WorkerOptions } from "./folder.ts";
import { Pool } from "./pool.ts";

/** Who runs the branches. */
export interface LaunchOptions {
  readonly launcher: Handle["launcher"];
  readonly profile: Profile;
  /** URL of the program that is a worker when told `worker`. */
  readonly program: string;
}

/**
 * Runs a pipeline on workers. Launches them when the first branch is to be computed, or joins those that are at the same
 * work. An interrupt ends this process; workers that are not tied to it go on.
 *
 * @throws RequestError when the request is wrong and nothing ran; InterruptedError when `options.signal` was aborted.
 */
export async function runAcross(
  request: PipelineRequest,
  options: RunOptions,
  launch: LaunchOptions,
  watch: Watch = () => {},
): Promise<Report> {
  if (options.force !== undefined) {
    throw new RequestError(
      "Cannot force nodes on workers: each of them would compute them again; leave --launcher out",
    );
  }
  let warnings = 0;
  function watched(event: Parameters<Watch>[0]): void {
    if (event.kind === "log" && event.level === "warning") warnings++;
    watch(event);
  }
  // Workers read what is in the store, not what a server promised to this process.
  options = { ...options, remote: options.remote && { ...options.remote, objects: "all" } };
  const session = await openSession(request, options, watched);
  const stop = new AbortController();
  const own: RunOptions = { ...options, signal: stop.signal };
  try {
    if (!session.store.writable) throw new RequestError("Cannot launch workers on a store that can only be read");
    watched({ kind: "graph", nodes: session.nodes.map(({ id, node }) => ({ id, stage: node.stage.name })) });
    const tell = (message: string) => watched({ kind: "log", id: null, level: "info", message });
    const work = {
      pipeline: session.pipeline.name,
      fingerprint: await fingerprintOf(session, options),
      request: { ...request, pipeline: absolute(request.pipeline), check: false },
      options: workerOptions(options, launch),
    };
    const pool = new Pool(options.cache, work, { ...launch, crews: crewsOf(launch.profile) }, tell);
    let refusal: unknown;
    const part = new DriverPart(session.store, pool, async (node) => {
      await pool.summon(node).catch((error) => {
        throw refusal ??= error;
      });
    }, watched);
    let verdict: string | undefined;
    const end = () => {
      stop.abort();
      part.sightings.stop();
    };
    if (options.signal?.aborted) end();
    options.signal?.addEventListener("abort", end);
    pool.watchOver(async (reason) => {
      await part.sightings.look(); // at what they left
      if (part.sightings.waiting === 0) return; // it is all there, or nothing has been asked for yet
      verdict = reason;
      end();
    });
    const runner = makeRunner(session, request, own); // for repairs only
    try {
      const execution = new Execution(session, own, runner, watched, part);
      const nodes = await execution.run();
      if (options.signal?.aborted) {
        await pool.leave(tell);
        throw new InterruptedError();
      }
      if (refusal !== undefined) throw refusal;
      await pool.dismiss();
      const outputs = await writeOutputs(session, execution, options);
      await drainRemote(session, options, watched);
      const error = errorOf(nodes, warnings, options) ??
        (verdict === undefined ? undefined : { node: null, message: verdict });
      const report = reportOf(session, options.device, nodes, outputs, error);
      await leaveRecord(session, request, options, report, watched);
      return report;
    } finally {
      options.signal?.removeEventListener("abort", end);
      part.close();
      pool.close();
      await runner.close();
    }
  } finally {
    await closeSession(session, watched);
  }
}

/** Workers of this machine share its cores. */
function workerOptions(options: RunOptions, { launcher, profile: { workers = 1 } }: LaunchOptions): WorkerOptions {
  const { cache: _cache, devices: _devices, signal: _signal, out: _out, force: _force, ...kept } = options;
  const share = Math.max(1, Math.floor(navigator.hardwareConcurrency / workers));
  const jobs = options.jobs ?? (launcher === "local" ? share : undefined);
  return { ...kept, jobs, data: resolve(options.data) };
}

function absolute(pipeline: string): string {
  return pipeline.startsWith("file:") ? pipeline : resolve(pipeline);
}
