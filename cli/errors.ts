/** @file Exit codes: what each kind of error means to whoever called the program. */

import type { NodeReport } from "../executor/report.ts";

/** Exit codes of the program; scripts depend on them. */
export const exitCode = {
  /** All good. */
  ok: 0,
  /** A stage failed; what was finished is kept. */
  failed: 1,
  /** The request is wrong; nothing ran. */
  usage: 2,
  /** Stored data is damaged. */
  damaged: 3,
  /** The user interrupted; what was finished is kept. */
  interrupted: 130,
} as const;

/** The command line itself is wrong: a bad flag, a value that cannot be read, a missing file. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A run that ended early, and what it had done by then. `cause` says why. */
export class UnfinishedRun extends Error {
  override readonly name = "UnfinishedRun";

  /**
   * @param nodes the nodes that had ended.
   * @param seconds how long it took.
   */
  constructor(override readonly cause: unknown, readonly nodes: readonly NodeReport[], readonly seconds: number) {
    super(messageOf(cause));
  }
}

/** Errors that say what is wrong by themselves, by name: their stack would not help a user. */
const codes: Readonly<Record<string, number>> = {
  UsageError: exitCode.usage,
  RequestError: exitCode.usage,
  ParamsError: exitCode.usage,
  DamagedStoreError: exitCode.damaged,
  InterruptedError: exitCode.interrupted,
};

/**
 * The exit code for an error, or undefined for one that no user caused: a bug, to be shown with its stack.
 *
 * Errors are told apart by name, so that printing help does not load the executor for its classes.
 */
export function codeOf(error: unknown): number | undefined {
  return error instanceof Error && Object.hasOwn(codes, error.name) ? codes[error.name] : undefined;
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
