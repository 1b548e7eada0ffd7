/** @file Who runs tasks: this thread (for tests and notebooks), or a pool of workers. */
import type { Store, StoreRecord } from "../cache/mod.ts";
import type { GraphNode, Progress, StageContext } from "../dsl/mod.ts";
import { prepareThread } from "./device.ts";
import { execute, type Task } from "./execute.ts";
import { executeTogether, mostTogether, type TaskEnd } from "./execute_together.ts";
import type { Grouping } from "./grouping.ts";
import { usableMemory } from "./machine_memory.ts";
import { programsOf } from "./programs.ts";

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
  /** How it runs several branches of a node in one call, where the stage knows how; absent: each runs alone. */
  readonly together?: TogetherRunner | undefined;
  /** Asks what is running to save a checkpoint, as there is little time left. */
  hurry?(): void;
  /** Stops whatever is running, at once where it has to, and frees what the runner holds. */
  close(): Promise<void>;
}

/** Runs branches of a node together. */
export interface TogetherRunner {
  /** How many branches like this one may be one call, and how many calls run at once. */
  most(task: Task): Promise<Grouping>;
  /** Runs tasks of one node in one call; each settles as soon as it has ended. */
  run(tasks: readonly Task[], watches: readonly TaskWatch[]): readonly Promise<StoreRecord>[];
}

/** Bytes that one of so many calls at once may take: together half of what this process may use. */
export function memoryOf(slots: number): number {
  return usableMemory() / 2 / slots;
}

/** What the threads that run stages know of the machine. */
export interface Surroundings {
  readonly dataDirectory: string;
  /** The cache's folder, for compiled programs. */
  readonly cache: string;
  /** URL of the module that prepares a thread for a device. */
  readonly devices?: string | undefined;
}

/** What a stage is told of the machine. */
export async function surround(
  { device = "cpu", manifest: { code } }: Task,
  { dataDirectory, cache, devices }: Surroundings,
): Promise<Pick<StageContext, "device" | "dataDirectory" | "programs">> {
  await prepareThread(device, devices);
  return { device, dataDirectory, programs: programsOf(cache, code.digest) };
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

  async run(task: Task, watch: TaskWatch): Promise<StoreRecord> {
    const { node, contexts, environment } = await this.#prepare([task], [watch]);
    return await execute(task, node, this.#store, contexts[0]!, environment);
  }

  readonly together = {
    most: async (task: Task): Promise<Grouping> => {
      const room = { device: task.device ?? "cpu", memory: memoryOf(1) };
      return { most: await mostTogether(task, this.#nodes.get(task.node)!, this.#store, room), atOnce: 1 };
    },
    run: (tasks: readonly Task[], watches: readonly TaskWatch[]): readonly Promise<StoreRecord>[] => {
      const ends = tasks.map(() => Promise.withResolvers<StoreRecord>());
      const tell = (at: number, end: TaskEnd) => {
        if ("record" in end) ends[at]!.resolve(end.record);
        else ends[at]!.reject(end.error);
      };
      this.#prepare(tasks, watches).then(({ node, contexts, environment }) =>
        executeTogether(tasks, node, this.#store, contexts, environment, tell)
      ).catch((error) => ends.forEach(({ reject }) => reject(error)));
      return ends.map(({ promise }) => promise);
    },
  };

  async #prepare(tasks: readonly Task[], watches: readonly TaskWatch[]) {
    const machine = await surround(tasks[0]!, this.#surroundings);
    const contexts = tasks.map(({ manifest: { branch } }, at): StageContext => {
      const { progress, log } = watches[at]!;
      return { ...machine, progress, log, branch, signal: this.#abort.signal };
    });
    return { node: this.#nodes.get(tasks[0]!.node)!, contexts, environment: environmentOf(machine.device) };
  }

  close(): Promise<void> {
    this.#abort.abort();
    return Promise.resolve();
  }
}
