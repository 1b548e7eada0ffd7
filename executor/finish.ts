/** @file The end of a run: its documents are written for people, and the run is written down. */
import { join, resolve } from "node:path";
import { messageOf } from "./errors.ts";
import type { Execution } from "./execution.ts";
import { settle } from "./expectation.ts";
import { fillFacts } from "./facts.ts";
import { commandOf } from "./facts_text.ts";
import { damagedDigest } from "./failure.ts";
import { newRunId, writeRun } from "./log.ts";
import { isDocument, writeDocument } from "./outputs.ts";
import { provenanceNote } from "./provenance.ts";
import type { NodeReport, OutputReport, Report } from "./report.ts";
import type { PipelineRequest, RunOptions } from "./request.ts";
import { environmentOf } from "./runner.ts";
import type { Session, Watch } from "./session.ts";

/** What went wrong in a run: the first node that failed, or warnings where those are errors. */
export function errorOf(
  nodes: readonly NodeReport[],
  warnings: number,
  { strict }: Pick<RunOptions, "strict">,
): Report["error"] {
  const failure = nodes.find(({ status }) => status === "failed");
  if (failure !== undefined) return { node: failure.id, message: failure.reason };
  if (!strict || warnings === 0) return undefined;
  return { node: null, message: `There were ${warnings} warnings, and --strict makes them errors` };
}

/** Writes the documents among a pipeline's outputs to files. */
export async function writeOutputs(
  session: Session,
  execution: Execution,
  options: RunOptions,
): Promise<Record<string, OutputReport>> {
  const { pipeline, graph, store, request } = session;
  const folder = options.out ?? join("out", pipeline.name);
  const { results, prepared } = execution;
  const background = { graph, results, prepared, store, command: commandOf(request) };
  const outputs: Record<string, OutputReport> = {};
  for (const [name, id] of Object.entries(graph.outputs)) {
    const result = execution.results.get(id);
    if (result === undefined) continue;
    const { type } = graph.nodes.find((node) => node.id === id)!.node;
    // The table carries the pipeline's name, other outputs their own.
    const stem = name === "table" ? pipeline.name : name;
    const { digest } = result.items[0]!;
    const note = provenanceNote(pipeline.name, digest);
    const fill = (content: string) => fillFacts(content, id, background);
    const write = () => writeDocument(store, type, digest, { folder, stem, note, fill });
    const files = !isDocument(type) ? [] : await write().catch(async (error) => {
      if (damagedDigest(error) === undefined) throw error;
      await execution.branches.repair(damagedDigest(error)!, messageOf(error));
      return await write();
    });
    outputs[name] = { node: id, digest: result.digest, files };
  }
  return outputs;
}

/** Writes the run down; that it could not is a warning. */
export async function leaveRecord(
  session: Session,
  request: PipelineRequest,
  options: RunOptions,
  report: Report,
  watch: Watch,
): Promise<void> {
  if (!session.store.writable) return; // which it has said
  const [id, when] = [newRunId(), new Date().toISOString()];
  const plain = JSON.parse(JSON.stringify(session.params)) as Record<string, unknown>;
  try {
    const asked = {
      ...request,
      pipeline: request.pipeline.startsWith("file:") ? request.pipeline : resolve(request.pipeline),
    };
    const environment = environmentOf(report.device);
    await writeRun(session.store, { id, when, request: asked, params: plain, report, environment });
    if (report.error === undefined) await settle(session.store, request, options);
  } catch (error) {
    watch({ kind: "log", id: null, level: "warning", message: messageOf(error) });
  }
}
