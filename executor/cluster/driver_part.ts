/** @file The part of whoever has a pipeline run by others: it takes nothing, follows the store, and shows what workers do. */
import { Listing, type Store } from "../../cache/mod.ts";
import type { GraphNode } from "../../dsl/mod.ts";
import type { Watch } from "../session.ts";
import type { FailureNote, PoolFolder, WorkerStatus } from "./folder.ts";
import type { Part } from "./part.ts";
import { Sightings } from "./sightings.ts";

/** What the driver does when branches are to be computed: see that there are workers who take them. */
export type Summon = (node: GraphNode, branches: number) => Promise<void>;

/** The pool that is followed. */
export interface Where {
  /** Its folder, once it was opened. */
  readonly folder: PoolFolder | undefined;
  open(): Promise<PoolFolder>;
}

/** Reading statuses may take no more than this share of the time. */
const SPARING = 20;
const [STATUS_MS, LONGEST_MS] = [1000, 30_000];

/** The driver's part in a run. */
export class DriverPart implements Part {
  readonly sightings: Sightings;
  readonly processes = 1;
  readonly counts = true;
  readonly #pool: Where;
  readonly #summon: Summon;
  readonly #watch: Watch;
  readonly #listing: Listing;
  /** When there was first something to compute, by the clock of the disk. */
  #sinceMs: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(store: Store, pool: Where, summon: Summon, watch: Watch) {
    this.#pool = pool;
    this.#summon = summon;
    this.#watch = watch;
    this.#listing = new Listing(store.directory);
    const known = new Map<string, FailureNote>();
    const failures = async () => {
      const all = await pool.folder?.failures(known) ?? known;
      return new Map([...all].map(([key, { message }]) => [key, message]));
    };
    const warn = (message: string) => watch({ kind: "log", id: null, level: "warning", message });
    this.sightings = new Sightings(store, failures, { warn });
  }

  takes(): boolean {
    return false;
  }

  order<T>(due: readonly T[]): readonly T[] {
    return due;
  }

  async due(node: GraphNode, branches: number): Promise<void> {
    if (branches === 0) return;
    this.#sinceMs ??= await (await this.#pool.open()).diskTime();
    await this.#summon(node, branches);
    if (this.#timer === undefined) this.#follow(0);
  }

  async isNew(key: string): Promise<boolean> {
    if (this.#sinceMs === undefined) return false;
    const writtenMs = await this.#listing.writtenMs(key);
    return writtenMs !== undefined && writtenMs >= this.#sinceMs;
  }

  failureOf(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  began(): void {} // a repair of what is damaged is all that it ever computes

  ended(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.sightings.stop();
  }

  #follow(pause: number): void {
    this.#timer = setTimeout(async () => {
      const began = performance.now();
      const statuses = await this.#pool.folder?.statuses() ?? [];
      if (this.#closed) return;
      statuses.forEach((status) => this.#show(status));
      this.#follow(Math.min(LONGEST_MS, Math.max(STATUS_MS, SPARING * (performance.now() - began))));
    }, pause);
  }

  #show({ state, current }: WorkerStatus): void {
    if (state === "ended") return;
    for (const { node, branch, done, total, unit } of current) {
      if (total > 0) this.#watch({ kind: "progress", id: node, branch, done, total, unit });
    }
  }
}
