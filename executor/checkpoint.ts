/**
 * @file The checkpoint of one task: kept in the store under the key of its result, with what it was made on and the
 * seconds that it took. What was made on another device or version is not gone on from, since the end would be neither's.
 */
import { canonicalJson, type CheckpointData, CheckpointFile, type Store, StoreWriteError } from "../cache/mod.ts";
import type { Checkpoint, Saved } from "../dsl/mod.ts";

/** Seconds between two checkpoints, unless a run says otherwise. */
const SECONDS = 60;

/** Seconds between two where the time of this process is nearly up. */
const HURRIED_SECONDS = 10;

let hurriedAt: number | undefined;

/** Makes a checkpoint of every task of this thread due: its time is nearly up. */
export function hurry(): void {
  hurriedAt = performance.now();
}

/** What the executor adds to a stage's own state. */
interface Kept {
  readonly environment: unknown;
  readonly seconds: number;
  readonly state: unknown;
}

/** How a task keeps its checkpoint. */
export interface CheckpointOptions {
  readonly key: string;
  /** What the computation runs on; a checkpoint made on something else does not count. */
  readonly environment: Readonly<Record<string, unknown>>;
  /** Whether there is to be something to go on from: `ignore` begins anew, as `--force` asks. */
  readonly existing: "use" | "ignore";
  readonly seconds?: number | undefined;
  /** How many tasks run in one call, and so share its time; one unless told. */
  readonly sharing?: number;
  readonly warn: (message: string) => void;
}

/** The checkpoint of a task, as its stage sees it. */
export class TaskCheckpoint implements Checkpoint {
  readonly #store: Store;
  readonly #file: CheckpointFile;
  readonly #options: CheckpointOptions;
  readonly #started = performance.now();
  #last = performance.now();
  #before = 0;
  #isUsed = false;

  constructor(store: Store, options: CheckpointOptions) {
    this.#store = store;
    this.#file = new CheckpointFile(store, options.key);
    this.#options = options;
  }

  /** Seconds that the computation has taken, in this process and in those that were interrupted: its share of them. */
  get seconds(): number {
    return this.#before + (performance.now() - this.#started) / 1000 / (this.#options.sharing ?? 1);
  }

  async load<S>(): Promise<Saved<S> | undefined> {
    this.#isUsed = true;
    if (this.#options.existing === "ignore") return undefined;
    const found: CheckpointData | undefined = await this.#file.read(this.#options.warn);
    if (found === undefined) return undefined;
    const { environment, seconds, state } = found.state as Kept;
    if (canonicalJson(environment) !== canonicalJson(this.#options.environment)) {
      this.#options.warn("A checkpoint is there that was made on another device or version: it begins anew");
      return undefined;
    }
    this.#before = seconds;
    return { state: state as S, tensors: found.tensors };
  }

  due(): boolean {
    if (!this.#store.writable) return false;
    const seconds = this.#options.seconds ?? SECONDS;
    if (hurriedAt !== undefined && this.#last < hurriedAt) return true;
    const pause = hurriedAt === undefined ? seconds : Math.min(seconds, HURRIED_SECONDS);
    return performance.now() - this.#last >= 1000 * pause;
  }

  async save({ state, tensors }: Saved): Promise<void> {
    this.#isUsed = true;
    if (!this.#store.writable) return; // the user was told when the store was opened
    const kept: Kept = { environment: this.#options.environment, seconds: this.seconds, state };
    try {
      await this.#file.write({ state: kept, tensors });
    } catch (error) {
      if (!(error instanceof StoreWriteError)) throw error;
      this.#options.warn(`${error.message}; it goes on without a checkpoint`);
    }
    this.#last = performance.now();
  }

  /** Removes it: the result is there. */
  async remove(): Promise<void> {
    if (!this.#isUsed) return;
    await this.#file.remove().catch((error) => this.#options.warn(`${error.message}; gc will remove the checkpoint`));
  }
}
