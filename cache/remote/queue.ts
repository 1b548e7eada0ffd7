/**
 * @file What waits to be sent. The run goes on meanwhile; only where very many wait does whoever adds one wait too, so that
 * results that are made faster than they can be sent do not pile up.
 */
import type { SendingProgress } from "../upstream.ts";
import { RemoteError } from "./errors.ts";

/** Results that may wait. */
const MOST_WAITING = 10_000;

/** Results sent at once. */
const AT_ONCE = 6;

/** Sends one result; whether it was missing. */
export type Send = (key: string) => Promise<boolean>;

interface Waiting {
  readonly key: string;
  readonly relatives?: (() => Promise<readonly string[]>) | undefined;
}

/** Keys whose results are to be sent, each once. */
export class Queue {
  readonly #send: Send;
  readonly #refused: (error: RemoteError) => void;
  readonly #seen = new Set<string>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #underWay = new Set<Promise<void>>();
  #room = Promise.withResolvers<void>();
  #done = 0;
  #failed = 0;
  #isOpen = true;

  /** @param refused is told of a failure that ends all sending */
  constructor(send: Send, refused: (error: RemoteError) => void) {
    this.#send = send;
    this.#refused = refused;
  }

  /** Results that were to be sent and were not. */
  get unsent(): number {
    return this.#waiting.size + this.#failed;
  }

  async add(key: string, relatives?: Waiting["relatives"]): Promise<void> {
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#put({ key, relatives });
    while (this.#isOpen && this.#waiting.size > MOST_WAITING) await this.#room.promise;
  }

  /** Resolves once nothing is left to send. */
  async drain(progress: (progress: SendingProgress) => void, signal?: AbortSignal): Promise<void> {
    const stop = () => this.close();
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) stop();
    while (this.#isOpen && this.#underWay.size > 0) {
      await Promise.race(this.#underWay);
      progress({ done: this.#done, total: this.#done + this.#waiting.size + this.#underWay.size });
    }
    signal?.removeEventListener("abort", stop);
  }

  /** Begins nothing more; what is under way ends by itself. */
  close(): void {
    this.#isOpen = false;
    this.#room.resolve();
  }

  /** Resolves once nothing is under way. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  #put(waiting: Waiting): void {
    this.#waiting.set(waiting.key, waiting);
    this.#pump();
  }

  #pump(): void {
    while (this.#isOpen && this.#underWay.size < AT_ONCE) {
      const [next] = this.#waiting.values();
      if (next === undefined) return;
      this.#waiting.delete(next.key);
      const step = this.#step(next).finally(() => {
        this.#underWay.delete(step);
        this.#pump();
      });
      this.#underWay.add(step);
    }
    if (this.#waiting.size <= MOST_WAITING) {
      this.#room.resolve();
      this.#room = Promise.withResolvers();
    }
  }

  async #step({ key, relatives }: Waiting): Promise<void> {
    try {
      const wasMissing = await this.#send(key);
      this.#done++;
      if (!wasMissing || relatives === undefined) return;
      for (const relative of await relatives()) {
        if (this.#seen.has(relative)) continue;
        this.#seen.add(relative);
        this.#waiting.set(relative, { key: relative });
      }
    } catch (error) {
      this.#failed++;
      // Of a file that cannot be read here the reader of the store will hear; sending has no say in how a run ends.
      if (this.#isOpen && error instanceof RemoteError && error.severity === "read-only") this.#refused(error);
    }
  }
}
