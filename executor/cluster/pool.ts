/** @file A pool as its driver has it: found or begun, launched when there is something to take, watched until it ends. */
import { resolve } from "node:path";
import type { GraphNode } from "../../dsl/mod.ts";
import { RequestError } from "../errors.ts";
import { type CrewSite, type Launched, launchers, type Order } from "../launchers/mod.ts";
import { newRunId } from "../log.ts";
import type { LaunchOptions } from "./across.ts";
import { type Crew, type CrewKind, PoolFolder, type PoolRecord, poolsOf, type WorkerStatus } from "./folder.ts";
import { takes } from "./worker_part.ts";

/** How workers are launched. */
export interface Launch extends LaunchOptions {
  readonly crews: Readonly<Partial<Record<CrewKind, CrewSite>>>;
}

/** Pools of the past whose folders are kept, for whoever wants to read their logs. */
const KEPT = 16;
/** Workers that nobody sees any more must be missed so often in a row before they count as gone. */
const MISSED = 2;
/** What may keep a worker from saying something, beside its own pace: a slow disk, a suspended machine. */
const SILENCE_SECONDS = 60;
/** One worker, unless told. */
const WORKERS = 1;

/** What a pool is for. */
export type Work = Pick<PoolRecord, "pipeline" | "fingerprint" | "request" | "options">;

/** A pool of workers, as whoever follows it sees it. */
export class Pool {
  readonly #cache: string;
  readonly #work: Work;
  readonly #launch: Launch;
  readonly #tell: (message: string) => void;
  /** Where it is found or begun, once there is something to be computed. */
  #folder: PoolFolder | undefined;
  #crews: readonly Crew[] = [];
  /** Those of the crews that this process launched. */
  readonly #launched: Crew[] = [];
  #head: Pick<PoolRecord, "id" | "when"> | undefined;
  #summoning: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #missed = 0;

  constructor(cache: string, work: Work, launch: Launch, tell: (message: string) => void) {
    this.#cache = cache;
    this.#work = work;
    this.#launch = launch;
    this.#tell = tell;
  }

  /** The pool's folder; undefined as long as nobody was asked for. */
  get folder(): PoolFolder | undefined {
    return this.#folder;
  }

  /** Finds the pool that is at this work and alive, or begins one without workers. */
  async open(): Promise<PoolFolder> {
    if (this.#folder !== undefined) return this.#folder;
    const folders = await poolsOf(this.#cache);
    for (const folder of folders) {
      const record = await folder.read();
      if (record?.fingerprint !== this.#work.fingerprint || !await isAlive(folder, record)) continue;
      // Who runs it again after a failure wants it tried again, by workers who know nothing of that.
      if (!this.#work.options.keepGoing && (await folder.failures()).size > 0) continue;
      this.#tell(`Joins pool ${record.id}, begun ${record.when}: ${record.crews.map(spell).join(", ")}`);
      [this.#head, this.#crews] = [record, record.crews];
      return this.#folder = folder;
    }
    for (const folder of folders.slice(KEPT)) {
      const record = await folder.read();
      if (record === undefined || !await isAlive(folder, record)) await folder.remove();
    }
    this.#head = { id: newRunId(), when: new Date().toISOString() };
    return this.#folder = new PoolFolder(this.#cache, this.#head.id);
  }

  /** Sees that there are workers for a node. */
  async summon(node: GraphNode): Promise<void> {
    const summoned = this.#summoning.then(async () => await this.#summonFor(node, await this.open()));
    this.#summoning = summoned.catch(() => {}); // told to whoever asked
    await summoned;
  }

  /** Looks now and then whether there are still workers; `gone` is told why there will be no more results, each time. */
  watchOver(gone: (reason: string) => Promise<void>): void {
    const patience = Math.min(...this.#handles().map(({ launcher }) => launchers[launcher].patienceMs), 30_000);
    this.#timer = setTimeout(async () => {
      const reason = await this.#whyGone();
      if (reason !== undefined) await gone(reason);
      if (this.#timer !== undefined) this.watchOver(gone);
    }, this.#crews.length === 0 ? 200 : patience);
    Deno.unrefTimer(this.#timer as unknown as number);
  }

  /** After the end: workers that are tied to this process have nothing left to do. */
  async dismiss(): Promise<void> {
    for (const { handle } of this.#launched) {
      if (launchers[handle.launcher].tied) await launchers[handle.launcher].cancel(handle);
    }
  }

  /** After an interrupt: ends workers that are tied to this process, and says what becomes of the others. */
  async leave(tell: (message: string) => void): Promise<void> {
    await this.dismiss();
    if (this.#handles().some(({ launcher }) => !launchers[launcher].tied)) {
      tell(
        `The workers of pool ${
          this.#folder!.id
        } go on: run this again to follow them, or end them with workers --cancel`,
      );
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #handles() {
    return this.#crews.map(({ handle }) => handle);
  }

  async #summonFor(node: GraphNode, folder: PoolFolder): Promise<void> {
    if (this.#crews.some(({ kind }) => takes(kind, node))) return;
    const kinds = Object.keys(this.#launch.crews) as CrewKind[];
    const kind = kinds.find((kind) => takes(kind, node));
    if (kind === undefined) {
      throw new RequestError(
        `Cannot find workers for stage "${node.node.stage.name}": the profile's pools are ${kinds.join(", ")}; ` +
          `add one named ${node.node.stage.needs ?? "cpu"}`,
      );
    }
    const site = this.#launch.crews[kind]!;
    const size = site.workers ?? WORKERS;
    const order: Order = {
      pool: folder.id,
      pipeline: this.#work.pipeline,
      cache: resolve(this.#cache),
      folder: folder.path,
      crew: kind,
      size,
      site,
      program: this.#launch.program,
    };
    const write = (crews: readonly Crew[]) => folder.write({ ...this.#head!, ...this.#work, crews });
    // Workers look for the pool's record when they start, which may be before the launcher has answered.
    await write([...this.#crews, { kind, size, handle: { launcher: "none" } }]);
    let launched: Launched;
    try {
      launched = await launchers[this.#launch.launcher].launch(order);
    } catch (error) {
      if (this.#crews.length === 0) await folder.remove();
      else await write(this.#crews);
      throw error;
    }
    const { handle, told } = launched;
    const crew: Crew = { kind, size, handle };
    this.#launched.push(crew);
    this.#crews = [...this.#crews, crew];
    await write(this.#crews);
    this.#missed = 0;
    this.#tell(`Pool ${folder.id}: ${told}`);
  }

  async #whyGone(): Promise<string | undefined> {
    const crews = this.#crews;
    if (crews.length === 0) return undefined;
    const alive = await Promise.all(crews.map(({ handle }) => launchers[handle.launcher].alive(handle)));
    if (alive.some((count) => count !== 0)) {
      this.#missed = 0;
      return undefined;
    }
    if (++this.#missed < MISSED) return undefined;
    const ends = (await this.#folder!.statuses()).map(({ why }) => why).filter((why) =>
      why !== "" && why !== "drained"
    );
    const said = ends.length === 0 ? "" : `, the last of them because: ${ends.at(-1)}`;
    return `All workers have ended${said}; their logs are in "${
      this.#folder!.path
    }"; run this again to go on with new ones`;
  }
}

/** Whether a pool has workers, or may have: where no launcher can tell, by what its workers say of themselves. */
export async function isAlive(folder: PoolFolder, { crews }: PoolRecord): Promise<boolean> {
  const alive = await Promise.all(crews.map(({ handle }) => launchers[handle.launcher].alive(handle)));
  if (alive.some((count) => count !== undefined && count > 0)) return true;
  if (alive.every((count) => count !== undefined)) return false;
  const statuses = await folder.statuses();
  const nowMs = await folder.diskTime();
  return statuses.length === 0 || statuses.some((status) => !isSilent(status, nowMs));
}

/** Whether a worker has ended, or has said nothing for much longer than it should; by the clock of the disk. */
export function isSilent(status: WorkerStatus & { readonly writtenMs: number }, nowMs: number): boolean {
  return status.state === "ended" || nowMs - status.writtenMs > 1000 * (SILENCE_SECONDS + 10 * status.everySeconds);
}

function spell({ kind, size, handle }: Crew): string {
  const where = handle.launcher === "slurm" ? `Slurm job ${handle.job}` : handle.launcher;
  return `${size} workers (${where}${kind === "any" ? "" : `, ${kind}`})`;
}
