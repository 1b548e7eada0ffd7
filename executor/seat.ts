/** @file A worker of the pool, and what it is doing. */
import type { StoreRecord } from "../cache/mod.ts";
import { type FromWorker, TaskError, type ToWorker } from "./messages.ts";
import type { TaskWatch } from "./runner.ts";

/**
 * How long an interrupted worker gets to stop by itself, in milliseconds: enough for a chunk of training. Ending it in the
 * middle of a native call pulls the memory from under it.
 */
const GRACE = 5000;

/** What a worker answers with: a task's record, a number it was asked for, or that it is ready. */
type Answer = StoreRecord | number | undefined;

/** A question that is not answered. */
interface Open {
  readonly watch: TaskWatch | undefined;
  readonly answer: PromiseWithResolvers<Answer>;
}

/** One worker. */
export class Seat {
  readonly #worker: Worker;
  /** What is not answered, by its place in what was asked last. */
  readonly #open = new Map<number, Open>();
  /** Resolves when what was asked last has been answered. */
  #answered: Promise<unknown> = Promise.resolve();
  #free: () => void = () => {};

  constructor(worker: Worker) {
    this.#worker = worker;
    this.#worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => this.#receive(data));
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#fail(new Error(event.message));
    });
  }

  /** Sends a message that has one answer. */
  async ask(message: ToWorker): Promise<Answer> {
    return await this.askAll(message, [undefined])[0];
  }

  /**
   * Sends a message about several tasks; each is answered by itself.
   *
   * @param free called when all are answered, before whoever waits for the last answer goes on
   */
  askAll(
    message: ToWorker,
    watches: readonly (TaskWatch | undefined)[],
    free: () => void = () => {},
  ): Promise<Answer>[] {
    this.#free = free;
    const answers = watches.map((watch, at) => {
      const answer = Promise.withResolvers<Answer>();
      this.#open.set(at, { watch, answer });
      return answer.promise;
    });
    this.#answered = Promise.allSettled(answers);
    this.#worker.postMessage(message);
    return answers;
  }

  /** Asks it to save a checkpoint of what it does. */
  hurry(): void {
    if (this.#open.size > 0) this.#worker.postMessage({ kind: "hurry" } satisfies ToWorker);
  }

  /** Asks it to stop, and ends it if it does not within the grace period. */
  async end(): Promise<void> {
    if (this.#open.size > 0) {
      this.#worker.postMessage({ kind: "abort" } satisfies ToWorker);
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, GRACE);
      await Promise.race([this.#answered, late]);
      clearTimeout(timer);
    }
    this.#worker.terminate();
    this.#fail(new Error("Stopped"));
  }

  #receive(message: FromWorker): void {
    if (message.kind === "ready") return this.#take(0)?.resolve(undefined);
    if (message.kind === "most") return this.#take(0)?.resolve(message.most);
    if (message.kind === "done") return this.#take(message.at)?.resolve(message.record);
    if (message.kind === "failed") return this.#take(message.at)?.reject(new TaskError(message.error));
    const watch = this.#open.get(message.at)?.watch;
    if (message.kind === "progress") watch?.progress(message.progress);
    else if (message.kind === "log") watch?.log(message.message);
    else watch?.warn(message.message);
  }

  #take(at: number): PromiseWithResolvers<Answer> | undefined {
    const open = this.#open.get(at);
    this.#open.delete(at);
    if (open !== undefined && this.#open.size === 0) this.#free();
    return open?.answer;
  }

  #fail(error: Error): void {
    for (const at of [...this.#open.keys()]) this.#take(at)?.reject(error);
  }
}
