/** @file A pool of workers in this process, started when there is something to run. */
import { loadCodec, type StoreRecord } from "../cache/mod.ts";
import type { Task } from "./execute.ts";
import type { Grouping } from "./grouping.ts";
import type { ToWorker } from "./messages.ts";
import type { PipelineRequest } from "./request.ts";
import { memoryOf, type Runner, type Surroundings, type TaskWatch } from "./runner.ts";
import { Seat } from "./seat.ts";
import { startWorker, takeSpare } from "./spare.ts";

/** Runs every task in a worker of its own; workers are kept and used again. */
export class WorkerPool implements Runner {
  readonly slots: number;
  readonly #begin: ToWorker;
  readonly #seats = new Set<Seat>();
  readonly #free: Seat[] = [];
  #closed = false;
  /** A worker that was started before there was anything to run. */
  #warm: Promise<Seat> | undefined;

  constructor(slots: number, request: PipelineRequest, cache: string, surroundings: Surroundings) {
    this.slots = slots;
    this.#begin = { kind: "begin", request, cache, surroundings };
  }

  /** Starts a worker ahead of the first task; if that fails, the task is told. */
  warm(): void {
    if (this.#closed || this.#seats.size > 0) return;
    this.#warm = this.#start();
    this.#warm.catch(() => {});
  }

  /** Leaves the worker that was started ahead unused: what it imported may have changed since. */
  cool(): void {
    takeSpare()?.worker.terminate();
    this.#warm = undefined;
  }

  async run(task: Task, watch: TaskWatch): Promise<StoreRecord> {
    return await this.#send([task], [watch])[0]!;
  }

  readonly together = {
    most: async (task: Task): Promise<Grouping> => {
      const seat = await this.#seat();
      const room = { device: task.device ?? "cpu", memory: memoryOf(this.slots) };
      try {
        return { most: await seat.ask({ kind: "most", task, room }) as number, atOnce: this.slots };
      } finally {
        this.#give(seat);
      }
    },
    run: (tasks: readonly Task[], watches: readonly TaskWatch[]) => this.#send(tasks, watches),
  };

  #send(tasks: readonly Task[], watches: readonly TaskWatch[]): readonly Promise<StoreRecord>[] {
    const sent = this.#seat().then((seat) => {
      const records = seat.askAll({ kind: "run", tasks }, watches, () => this.#give(seat)) as Promise<StoreRecord>[];
      loadCodec().catch(() => {}); // while this thread waits: the run ends with reading its tables
      return { records }; // in an object, as they settle one by one
    });
    return tasks.map((_, at) => sent.then(({ records }) => records[at]!));
  }

  hurry(): void {
    for (const seat of this.#seats) seat.hurry();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#seats].map((seat) => seat.end()));
    this.#seats.clear();
  }

  async #seat(): Promise<Seat> {
    if (this.#closed) throw new Error("Stopped");
    return this.#free.pop() ?? await this.#next();
  }

  #give(seat: Seat): void {
    if (!this.#closed) this.#free.push(seat);
  }

  #next(): Promise<Seat> {
    const seat = this.#warm ?? this.#start();
    this.#warm = undefined;
    return seat;
  }

  async #start(): Promise<Seat> {
    const seat = new Seat(takeSpare()?.worker ?? startWorker());
    this.#seats.add(seat);
    await seat.ask(this.#begin);
    return seat;
  }
}
