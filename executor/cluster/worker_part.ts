/** @file The part of a worker: it takes what its crew takes, in an order of its own, and says what it is doing. */
import { type Store, thisProcess } from "../../cache/mod.ts";
import type { GraphNode } from "../../dsl/mod.ts";
import { InterruptedError, messageOf, RequestError } from "../errors.ts";
import type { RunEvent } from "../report.ts";
import type { Watch } from "../session.ts";
import type { CrewKind, FailureNote, PoolFolder, WorkerStatus } from "./folder.ts";
import type { Part } from "./part.ts";
import { Sightings } from "./sightings.ts";

/** How a worker takes part. */
export interface WorkerPartOptions {
  readonly crew: CrewKind;
  readonly processes: number;
  readonly job: string;
  readonly idleSeconds: number;
  /** Aborted by the part when it takes nothing more. */
  readonly stop: AbortController;
  readonly watch: Watch;
}

/** A branch that is being computed. */
interface Busy {
  readonly node: string;
  readonly branch: number;
  readonly since: number;
  progress: { readonly done: number; readonly total: number; readonly unit: string };
}

/** Seconds between two statuses of one of few workers; of many each is slower, so that the disk has as many to take. */
const STATUS_SECONDS = 2;
const WORKERS_A_STEP = 16;

/** Whether workers of a crew take the branches of a node. */
export function takes(crew: CrewKind, { node }: GraphNode): boolean {
  return crew === "any" || crew === (node.stage.needs ?? "cpu");
}

/** A worker's part in a run. */
export class WorkerPart implements Part {
  readonly id = crypto.randomUUID();
  readonly sightings: Sightings;
  readonly processes: number;
  readonly counts = false;
  ran = 0;
  failed = 0;
  /** Whether it ends because others are at all that is left. */
  isIdle = false;
  /** Why this worker, and not the branch, is to blame for what it could not do. */
  refusal: string | undefined;
  readonly #folder: PoolFolder;
  readonly #options: WorkerPartOptions;
  readonly #busy = new Map<string, Busy>();
  readonly #began = performance.now();
  readonly #everySeconds: number;
  #busySeconds = 0;
  #lastBusy = performance.now();
  #beat = 0;
  #isLeaving = false;
  #timer: ReturnType<typeof setInterval> | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(store: Store, folder: PoolFolder, options: WorkerPartOptions) {
    this.#folder = folder;
    this.#options = options;
    this.processes = options.processes;
    this.#everySeconds = STATUS_SECONDS * (1 + Math.floor(options.processes / WORKERS_A_STEP));
    const known = new Map<string, FailureNote>();
    const failures = async () => {
      const all = await folder.failures(known);
      return new Map([...all].map(([key, { message }]) => [key, message]));
    };
    const warn = (message: string) => options.watch({ kind: "log", id: null, level: "warning", message });
    this.sightings = new Sightings(store, failures, { warn });
  }

  /** Begins to say what it is doing. */
  async open(): Promise<void> {
    await this.#tell("waiting");
    this.#timer = setInterval(() => this.#tick(), 1000 * this.#everySeconds);
  }

  /** Takes nothing more; what is being computed goes on. */
  leave(): void {
    this.#isLeaving = true;
    this.#options.stop.abort();
    this.sightings.stop();
    this.#tick();
  }

  /** Says why it ended. */
  async close(why: string): Promise<void> {
    clearInterval(this.#timer);
    this.sightings.stop();
    await this.#tell("ended", why);
  }

  takes(node: GraphNode): boolean {
    return takes(this.#options.crew, node);
  }

  /** From some place on, and round: workers begin in different places and meet where one of them is done. */
  order<T>(due: readonly T[]): readonly T[] {
    const start = Math.floor(Math.random() * due.length);
    return [...due.slice(start), ...due.slice(0, start)];
  }

  due(): Promise<void> {
    return Promise.resolve();
  }

  isNew(): Promise<boolean> {
    return Promise.resolve(false);
  }

  async failureOf(key: string): Promise<string | undefined> {
    return (await this.#folder.failureOf(key))?.message;
  }

  began({ id }: GraphNode, branch: number): void {
    const progress = { done: 0, total: 0, unit: "" };
    this.#busy.set(`${id} ${branch}`, { node: id, branch, since: performance.now(), progress });
  }

  async ended({ id }: GraphNode, branch: number, key: string, error?: unknown): Promise<void> {
    const busy = this.#busy.get(`${id} ${branch}`);
    if (busy === undefined) return; // it failed elsewhere
    this.#busy.delete(`${id} ${branch}`);
    this.#lastBusy = performance.now();
    this.#busySeconds += (performance.now() - busy.since) / 1000;
    if (error === undefined) this.ran++;
    else if (error instanceof RequestError) this.refusal ??= error.message;
    else if (!(error instanceof InterruptedError)) {
      this.failed++;
      await this.#folder.fail(key, { node: id, branch, message: messageOf(error), worker: this.id });
    }
  }

  /** Takes the events of the run, on their way to whoever watches this worker. */
  readonly watch = (event: RunEvent): void => {
    if (event.kind === "progress") {
      const busy = this.#busy.get(`${event.id} ${event.branch}`);
      if (busy !== undefined) busy.progress = { done: event.done, total: event.total, unit: event.unit };
    }
    this.#options.watch(event);
  };

  #tick(): void {
    const idle = (performance.now() - this.#lastBusy) / 1000;
    if (this.#busy.size > 0) this.#lastBusy = performance.now();
    else if (!this.#isLeaving && idle > this.#options.idleSeconds) {
      this.isIdle = true;
      this.leave();
      return;
    }
    this.#tell(this.#isLeaving ? "leaving" : this.#busy.size > 0 ? "working" : "waiting");
  }

  /** Writes the status; that it cannot be written is nothing that a worker should end for. */
  #tell(state: WorkerStatus["state"], why = ""): Promise<void> {
    const now = performance.now();
    const current = [...this.#busy.values()].map(({ node, branch, since, progress }) => {
      return { node, branch, seconds: (now - since) / 1000, ...progress };
    });
    const status: WorkerStatus = {
      id: this.id,
      crew: this.#options.crew,
      process: thisProcess(),
      job: this.#options.job,
      state,
      why,
      ran: this.ran,
      failed: this.failed,
      seconds: (now - this.#began) / 1000,
      busySeconds: this.#busySeconds + current.reduce((sum, { seconds }) => sum + seconds, 0),
      current,
      beat: this.#beat++,
      everySeconds: this.#everySeconds,
    };
    this.#writing = this.#writing.then(() => this.#folder.writeStatus(status)).catch(() => {});
    return this.#writing;
  }
}
