/** @file What can be wrong with a request or a run, as errors that the command line turns into exit codes. */

/** The request is wrong and nothing ran: unknown file, preset, parameter, node; a pipeline that cannot be built. */
export class RequestError extends Error {
  override readonly name = "RequestError";
}

/** Stored data are damaged and cannot be used as asked. */
export class DamagedStoreError extends Error {
  override readonly name = "DamagedStoreError";
}

/** The user stopped the run; what had finished is kept. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
  constructor() {
    super("Interrupted: everything that had finished is kept, run the same command again to go on");
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
