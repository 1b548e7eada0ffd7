/** @file What a run does about its remote cache: it sends what is left, and does not depend on what was promised. */
import { InterruptedError } from "./errors.ts";
import type { NodeReport } from "./report.ts";
import type { RunOptions } from "./request.ts";
import type { Session, Watch } from "./session.ts";

/** Milliseconds between two lines about what is still being sent. */
const TELL_MS = 2000;

/**
 * Runs a pipeline, and once more where that failed and the remote cache had promised objects that did not come: the second
 * time only with what is here, so that a server that loses things, or lies, costs time and nothing else.
 */
export async function withoutBrokenPromises<T extends { readonly nodes: readonly NodeReport[] }>(
  { store }: Session,
  watch: Watch,
  attempt: () => Promise<T>,
): Promise<T> {
  try {
    const made = await attempt();
    if (!store.upstream?.brokePromise || made.nodes.every(({ status }) => status !== "failed")) return made;
  } catch (error) {
    if (!store.upstream?.brokePromise || error instanceof InterruptedError) throw error;
  }
  store.upstream.stopReading();
  const message = "The remote cache did not have all that it promised: what depends on it is computed here instead";
  watch({ kind: "log", id: null, level: "warning", message });
  return await attempt();
}

/** Sends what still waits, and says how far that is. An interrupt ends it. */
export async function drainRemote(
  { store: { upstream } }: Session,
  { signal }: Pick<RunOptions, "signal">,
  watch: Watch,
): Promise<void> {
  if (upstream === undefined) return;
  let told = performance.now();
  await upstream.drain(({ done, total }) => {
    if (performance.now() - told < TELL_MS) return;
    told = performance.now();
    const message = `Sending results to the remote cache: ${done} of ${total}`;
    watch({ kind: "log", id: null, level: "info", message });
  }, signal);
}
