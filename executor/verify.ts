/** @file verify(): checks a store against its digests, and stages against themselves. */
import { verify as verifyStore, type VerifyOptions, type VerifyReport } from "../cache/mod.ts";
import { RequestError } from "./errors.ts";
import { log } from "./log.ts";
import { openExistingStore } from "./open_store.ts";
import { recompute, type Recomputed } from "./recompute.ts";
import type { PipelineRequest, RunOptions } from "./request.ts";
import type { Watch } from "./session.ts";

/** What a check found. */
export interface Verification {
  readonly store: VerifyReport;
  /** What was run again, if anything was. */
  readonly recomputed: readonly Recomputed[];
}

/** How to check. */
export interface VerificationOptions extends VerifyOptions {
  /** Fraction of the last run's branches to run again; 0 by default. */
  readonly recompute?: number;
  /** Which pipeline's branches; that of the last run by default. */
  readonly request?: PipelineRequest;
}

/**
 * Reads everything in a store again and sets aside what is damaged. With `recompute`, runs a sample of the branches of a
 * pipeline again and compares what comes out.
 *
 * @throws RequestError when there is no store, or no run whose branches could be run again.
 */
export async function verify(
  options: RunOptions,
  { recompute: fraction = 0, request, ...checks }: VerificationOptions,
  watch: Watch = () => {},
): Promise<Verification> {
  if (!(fraction >= 0 && fraction <= 1)) {
    throw new RequestError(`Cannot recompute a fraction of ${fraction}: give a number between 0 and 1, such as 0.02`);
  }
  await using store = await openExistingStore(options.cache);
  const report = await verifyStore(store, checks);
  if (fraction === 0) return { store: report, recomputed: [] };
  const asked = request ?? (await log(options.cache, 1))[0]?.request;
  if (asked === undefined) {
    throw new RequestError("Cannot recompute anything: there is no run in the log; run a pipeline first");
  }
  return { store: report, recomputed: await recompute(asked, options, fraction, watch) };
}
