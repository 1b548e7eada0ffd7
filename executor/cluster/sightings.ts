/**
 * @file What a process sees of the work that others do, in one look now and then for all branches it waits for: which
 * have records by now, which are leased, which failed. Looking costs at most as many folders as there are shards, however
 * many branches there are, and the pause after a look grows with what it took, so that about a twentieth of the time goes
 * into looking at most. A worker waits for few branches, those that others are at; only the driver waits for all.
 */
import { Listing, type Store } from "../../cache/mod.ts";
import { InterruptedError } from "../errors.ts";

/** Reads the failures that the processes of a pool have told each other: messages by the keys of branches. */
export type ReadFailures = () => Promise<ReadonlyMap<string, string>>;

/** What became of a branch that was waited for: its record is stored, or nobody is at it any more. */
export type Seen = "stored" | "free";

/** How to look. */
export interface SightingOptions {
  /** Told of what goes wrong in looking, once for each message; it is tried again. */
  readonly warn: (message: string) => void;
  /** Milliseconds of the shortest and the longest pause. */
  readonly pauses?: { readonly shortest: number; readonly longest: number };
}

const PAUSES = { shortest: 50, longest: 1000 };
const GROWTH = 1.5;
/** A look is followed by a pause of so many times what it took, but of no more milliseconds than that. */
const [SPARING, LONGEST] = [20, 30_000];
/** Holders that are asked for signs of life in one look. */
const HOLDERS = 64;

interface Waiting {
  readonly seen: PromiseWithResolvers<Seen>;
  /** Whether whoever waits would run the branch if nobody else is at it. */
  readonly takes: boolean;
}

/** Looks at a store for one process. */
export class Sightings {
  readonly #store: Store;
  readonly #listing: Listing;
  readonly #readFailures: ReadFailures;
  readonly #options: SightingOptions;
  readonly #pauses: { readonly shortest: number; readonly longest: number };
  /** Keys of branches that were not stored when they were last looked for. */
  readonly #open = new Set<string>();
  readonly #stored = new Set<string>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #said = new Set<string>();
  #held: ReadonlySet<string> = new Set();
  #failures: ReadonlyMap<string, string> = new Map();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pause: number;
  #looking: Promise<void> | undefined;
  #stopped = false;
  #turn = 0;
  /** Looks so far, and the milliseconds that they took. */
  readonly cost = { looks: 0, milliseconds: 0 };

  constructor(store: Store, readFailures: ReadFailures, options: SightingOptions) {
    this.#store = store;
    this.#listing = new Listing(store.directory);
    this.#readFailures = readFailures;
    this.#options = options;
    this.#pauses = options.pauses ?? PAUSES;
    this.#pause = this.#pauses.shortest;
  }

  /** How many branches are waited for. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Says which branches are going to be asked for. */
  expect(keys: Iterable<string>): void {
    for (const key of keys) this.#open.add(key);
    this.#schedule();
  }

  /** Says that this process has the result of a branch. */
  settle(key: string): void {
    this.#open.delete(key);
    this.#stored.delete(key);
  }

  /** What was seen of a branch in the last look. */
  of(key: string): { readonly stored: boolean; readonly held: boolean; readonly failure: string | undefined } {
    return { stored: this.#stored.has(key), held: this.#held.has(key), failure: this.#failures.get(key) };
  }

  /**
   * Waits until a branch has a record or, where this process `takes` it, until nobody is at it.
   *
   * @throws Error with the message of a failure that another process told; InterruptedError once stopped
   */
  async wait(key: string, takes: boolean): Promise<Seen> {
    if (this.#stopped) throw new InterruptedError();
    if (this.#stored.has(key)) return "stored";
    const failure = this.#failures.get(key);
    if (failure !== undefined) throw new Error(failure);
    let waiting = this.#waiting.get(key);
    if (waiting === undefined) this.#waiting.set(key, waiting = { seen: Promise.withResolvers(), takes });
    this.#open.add(key);
    this.#schedule();
    return await waiting.seen.promise;
  }

  /** Looks now, and resolves when what there is has been seen. */
  async look(): Promise<void> {
    await this.#looking; // which may have begun before what is asked for was there
    this.#looking ??= this.#look().finally(() => this.#looking = undefined);
    await this.#looking;
  }

  /** Looks after some time. */
  async lookAfter(milliseconds: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    await this.look();
  }

  /** Ends the looking: whoever waits is interrupted. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    for (const { seen } of this.#waiting.values()) seen.reject(new InterruptedError());
    this.#waiting.clear();
  }

  #schedule(): void {
    if (this.#stopped || this.#timer !== undefined || this.#open.size === 0) return;
    this.#timer = setTimeout(() => this.#tick(), this.#pause * (0.75 + Math.random() / 2));
  }

  async #tick(): Promise<void> {
    const [began, before] = [performance.now(), this.#open.size];
    try {
      await this.look();
    } catch (error) {
      const message = `Cannot see what the store holds: ${(error as Error).message}; it is tried again`;
      if (!this.#said.has(message)) this.#options.warn(message);
      this.#said.add(message);
    }
    const took = performance.now() - began;
    const grown = this.#open.size < before ? this.#pauses.shortest : this.#pause * GROWTH;
    this.#pause = Math.max(Math.min(grown, this.#pauses.longest), Math.min(SPARING * took, LONGEST));
    this.#timer = undefined;
    this.#schedule();
  }

  async #look(): Promise<void> {
    const began = performance.now();
    // In this order: a result that came before the release of its lease is found after it.
    this.#held = await this.#listing.leases();
    for (const key of await this.#listing.records(this.#open)) {
      this.#open.delete(key);
      this.#stored.add(key);
      this.#resolve(key, "stored");
    }
    if (this.#waiting.size > 0) {
      this.#failures = await this.#readFailures();
      for (const [key, message] of this.#failures) this.#fail(key, message);
      await this.#lookForDead();
    }
    this.cost.looks++;
    this.cost.milliseconds += performance.now() - began;
  }

  /** Lets go of branches that nobody is at, or whose holders are gone; of many, some in each look. */
  async #lookForDead(): Promise<void> {
    const taking = [...this.#waiting].filter(([, { takes }]) => takes).map(([key]) => key);
    const held = taking.filter((key) => this.#held.has(key));
    for (const key of taking) if (!this.#held.has(key)) this.#resolve(key, "free");
    for (let i = 0; i < Math.min(HOLDERS, held.length); i++) {
      const key = held[this.#turn++ % held.length]!;
      if (await this.#store.holder(key) !== undefined) continue;
      this.#forget(key);
      this.#resolve(key, "free");
    }
  }

  /** A lease of the dead is still there, but no reason not to try. */
  #forget(key: string): void {
    const held = new Set(this.#held);
    held.delete(key);
    this.#held = held;
  }

  #resolve(key: string, seen: Seen): void {
    this.#waiting.get(key)?.seen.resolve(seen);
    this.#waiting.delete(key);
  }

  #fail(key: string, message: string): void {
    this.#waiting.get(key)?.seen.reject(new Error(message));
    this.#waiting.delete(key);
    this.#open.delete(key);
  }
}
