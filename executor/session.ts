/** @file What plan, run and show have in common: the loaded pipeline, its store, and the nodes that are asked for. */
import type { Store } from "../cache/mod.ts";
import type { GraphNode } from "../dsl/mod.ts";
import { CodeIndex } from "./code/index.ts";
import { stopNormalizing } from "./code/normalize.ts";
import { messageOf, RequestError } from "./errors.ts";
import { checkBuiltIns, ImpureStageError } from "./guard/mod.ts";
import { load, type Loaded } from "./load.ts";
import { openStore } from "./open_store.ts";
import type { NodeReport, OutputReport, Report, RunEvent, Status } from "./report.ts";
import type { PipelineRequest, RunOptions } from "./request.ts";
import { matching, selected } from "./select.ts";
import { startTypeCheck } from "./type_check.ts";

/** Receives what a run has to tell. */
export type Watch = (event: RunEvent) => void;

/** Everything a plan or a run needs to know before it starts. */
export interface Session extends Loaded {
  readonly request: PipelineRequest;
  readonly store: Store;
  readonly codes: CodeIndex;
  readonly nodes: readonly GraphNode[];
  readonly forced: ReadonlySet<string>;
  readonly started: number;
}

/** Opens the store and loads the pipeline; nothing runs yet. */
export async function openSession(request: PipelineRequest, options: RunOptions, watch: Watch): Promise<Session> {
  const started = performance.now();
  const typeChecked = request.check === false ? () => Promise.resolve() : startTypeCheck(request.pipeline);
  const loaded = await load(request);
  await typeChecked();
  const nodes = selected(loaded.graph, options.only);
  const forced = options.force === undefined ? new Set<string>() : matching(loaded.graph, options.force);
  const warn = (message: string) => watch({ kind: "log", id: null, level: "warning", message });
  try {
    const leases = { purpose: loaded.pipeline.name };
    const store = await openStore(options.cache, { warn, leases }, options.remote);
    const codes = new CodeIndex(store);
    // All code is hashed before anything runs: what cannot be hashed is a wrong request, not a failed stage.
    for (const { node } of nodes) checkBuiltIns(node.stage, (await codes.digest(node.stage)).builtIns);
    return { ...loaded, request, store, codes, nodes, forced, started };
  } catch (cause) {
    await stopNormalizing();
    if (cause instanceof ImpureStageError) throw new RequestError(cause.message, { cause });
    throw cause;
  }
}

/** Writes down what was learnt about code, and frees what reading it took. */
export async function closeSession(session: Session, watch: Watch): Promise<void> {
  await stopNormalizing();
  try {
    await session.codes.save();
    await session.store.close();
  } catch (error) {
    watch({ kind: "log", id: null, level: "warning", message: messageOf(error) });
  }
}

/** The report of what happened, or would happen, to nodes. */
export function reportOf(
  session: Session,
  device: string | undefined,
  nodes: readonly NodeReport[],
  outputs: Readonly<Record<string, OutputReport>>,
  error?: Report["error"],
): Report {
  const remote = session.store.upstream?.report();
  const counts: Record<Status, number> = { ran: 0, cached: 0, cutoff: 0, failed: 0, skipped: 0 };
  for (const { status } of nodes) counts[status]++;
  return {
    pipeline: session.pipeline.name,
    preset: session.preset,
    device: device ?? "auto",
    seconds: (performance.now() - session.started) / 1000,
    counts,
    nodes,
    outputs,
    ...(remote === undefined ? {} : { remote }),
    ...(error === undefined ? {} : { error }),
  };
}

/** For each input, the id of the node wired to it, as people read it. */
export function wiresOf(node: GraphNode): Record<string, string> {
  return Object.fromEntries(
    Object.entries(node.inputs).map(([name, wire]) => [
      name,
      typeof wire === "string" ? wire : Object.values(wire).join(", "),
    ]),
  );
}
