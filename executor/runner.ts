/** @file Who runs tasks: this thread (for tests and notebooks), or a pool of workers. */
import type { Store, StoreRecord } from "../cache/mod.ts";
import type { GraphNode, Progress } from "../dsl/mod.ts";
import { execute, type Task } from "./execute.ts";

/** What a running task tells. */
export interface TaskWatch {
  progress(progress: Progress): void;
  log(message: string): void;
  /** Says what is wrong that the task could live with, such as damage in the store. */
  warn(message: string): void;
}

/** Runs tasks, several at once. */
export interface Runner {
  /** How many tasks it can run at once. */
  readonly slots: number;
  /** Runs a task and resolves with its record; rejects with what the stage threw. */
  run(task: Task, watch: TaskWatch): Promise<StoreRecord>;
  /** Stops whatever is running, at once where it has to, and frees what the runner holds. */
  close(): Promise<void>;
}

/** What stages are told of the machine they run on. */
export interface Surroundings {
  readonly device: string;
  readonly dataDirectory: string;
}

/** What a result was made with; recorded beside it, not part of its key. */
export function environmentOf(device: string): Record<string, string> {
  return { deno: Deno.version.deno, os: Deno.build.os, arch: Deno.build.arch, device };
}

/** Runs tasks in this thread, one after the other. */
export class InlineRunner implements Runner {
  readonly slots = 1;
  readonly #store: Store;
  readonly #nodes: ReadonlyMap<string, GraphNode>;
  readonly #surroundings: Surroundings;
  readonly #abort = new AbortController();

  constructor(store: Store, nodes: readonly GraphNode[], surroundings: Surroundings) {
    this.#store = store;
    this.#nodes = new Map(nodes.map((node) => [node.id, node]));
    this.#surroundings = surroundings;
  }

  run(task: Task, { progress, log }: TaskWatch): Promise<StoreRecord> {
    const context = { ...this.#surroundings, progress, log, branch: task.manifest.branch, signal: this.#abort.signal };
    const environment = environmentOf(this.#surroundings.device);
    return execute(task, this.#nodes.get(task.node)!, this.#store, context, environment);
  }

  close(): Promise<void> {
    this.#abort.abort();
    return Promise.resolve();
  }
}
