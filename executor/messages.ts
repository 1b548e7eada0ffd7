/** @file What the pool and its workers say to each other. Results go through the store, never through messages. */
import type { StoreRecord } from "../cache/mod.ts";
import type { Progress, Room } from "../dsl/mod.ts";
import type { Task } from "./execute.ts";
import type { PipelineRequest } from "./request.ts";
import type { Surroundings } from "./runner.ts";

/** From the pool to a worker. */
export type ToWorker =
  | {
    readonly kind: "begin";
    readonly request: PipelineRequest;
    readonly cache: string;
    readonly surroundings: Surroundings;
  }
  /** Several are branches of one node, to be run in one call. */
  | { readonly kind: "run"; readonly tasks: readonly Task[] }
  /** Asks how many branches like this one the stage wants in one call. */
  | { readonly kind: "most"; readonly task: Task; readonly room: Room }
  /** Asks it to save a checkpoint as soon as its stage can: its time is nearly up. */
  | { readonly kind: "hurry" }
  | { readonly kind: "abort" };

/** An error, in a form that crosses threads. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** Set where a stored object is missing or damaged: its digest. */
  readonly digest: string | undefined;
}

/** From a worker to the pool; `at` is the task's place among those it was asked to run. */
export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "most"; readonly most: number }
  | { readonly kind: "progress"; readonly at: number; readonly progress: Progress }
  | { readonly kind: "log"; readonly at: number; readonly message: string }
  | { readonly kind: "warning"; readonly at: number; readonly message: string }
  | { readonly kind: "done"; readonly at: number; readonly record: StoreRecord }
  | { readonly kind: "failed"; readonly at: number; readonly error: SentError };

/** A task failed. `digest` names the stored object that was missing or damaged, if that was the cause. */
export class TaskError extends Error {
  override readonly name = "TaskError";
  readonly digest: string | undefined;

  constructor(error: SentError) {
    super(error.message);
    this.digest = error.digest;
    if (error.stack !== undefined) this.stack = error.stack;
  }
}

/** Puts anything thrown into a form that crosses threads. */
export function toSent(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), stack: undefined, digest: undefined };
  const digest = "digest" in error && typeof error.digest === "string" ? error.digest : undefined;
  return { name: error.name, message: error.message, stack: error.stack, digest };
}
