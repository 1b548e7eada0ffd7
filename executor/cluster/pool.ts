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

/** A pool of workers, as whoever follows it sees it. */
export class Pool {
  readonly folder: PoolFolder;
  readonly #launch: Launch;
  readonly #tell: (message: string) => void;
  #record: PoolRecord;
  #summoning: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #missed = 0;

  private constructor(folder: PoolFolder, record: PoolRecord, launch: Launch, tell: (message: string) => void) {
    this.folder = folder;
    this.#record = record;
    this.#launch = launch;
    this.#tell = tell;
  }

  /** The pool that is at this work and alive, or a new one without workers. */
  static async find(
    cache: string,
    work: Pick<PoolRecord, "pipeline" | "fingerprint" | "request" | "options">,
    launch: Launch,
    tell: (message: string) => void,
  ): Promise<Pool> {
    const folders = await poolsOf(cache);
    for (const folder of folders) {
      const record = await folder.read();
      if (record?.fingerprint !== work.fingerprint || !await isAlive(folder, record)) continue;
      tell(`Joins pool ${record.id}, begun ${record.when}: ${record.crews.map(spell).join(", ")}`);
      return new Pool(folder, record, launch, tell);
    }
    for (const folder of folders.slice(KEPT)) {
      const record = await folder.read();
      if (record === undefined || !await isAlive(folder, record)) await folder.remove();
    }
    const id = newRunId();
    const record: PoolRecord = { id, when: new Date().toISOString(), ...work, crews: [] };
    return new Pool(new PoolFolder(cache, id), record, launch, tell);
  }

  /** Sees that there are workers for a node. */
  async summon(node: GraphNode): Promise<void> {
    const summoned = this.#summoning.then(() => this.#summonFor(node));
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
    }, this.#record.crews.length === 0 ? 200 : patience);
    Deno.unrefTimer(this.#timer as unknown as number);
  }

  /** After an interrupt: ends workers that are tied to this process, and says what becomes of the others. */
  async leave(tell: (message: string) => void): Promise<void> {
    for (const { handle } of this.#record.crews) {
      if (launchers[handle.launcher].tied) await launchers[handle.launcher].cancel(handle);
    }
    if (this.#handles().some(({ launcher }) => !launchers[launcher].tied)) {
      tell(
        `The workers of pool ${this.folder.id} go on: run this again to follow them, or end them with workers --cancel`,
      );
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #handles() {
    return this.#record.crews.map(({ handle }) => handle);
  }

  async #summonFor(node: GraphNode): Promise<void> {
    if (this.#record.crews.some(({ kind }) => takes(kind, node))) return;
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
      pool: this.folder.id,
      pipeline: this.#record.pipeline,
      cache: resolve(this.folder.path, "../.."),
      folder: this.folder.path,
      crew: kind,
      size,
      site,
      program: this.#launch.program,
    };
    // Workers look for the pool's record when they start, which may be before the launcher has answered.
    const before = this.#record;
    const placed: Crew = { kind, size, handle: { launcher: "none" } };
    await this.folder.write({ ...before, crews: [...before.crews, placed] });
    let launched: Launched;
    try {
      launched = await launchers[this.#launch.launcher].launch(order);
    } catch (error) {
      if (before.crews.length === 0) await this.folder.remove();
      else await this.folder.write(before);
      throw error;
    }
    const { handle, told } = launched;
    this.#record = { ...before, crews: [...before.crews, { kind, size, handle }] };
    await this.folder.write(this.#record);
    this.#missed = 0;
    this.#tell(`Pool ${this.folder.id}: ${told}`);
  }

  async #whyGone(): Promise<string | undefined> {
    const { crews } = this.#record;
    if (crews.length === 0) return undefined;
    const alive = await Promise.all(crews.map(({ handle }) => launchers[handle.launcher].alive(handle)));
    if (alive.some((count) => count !== 0)) {
      this.#missed = 0;
      return undefined;
    }
    if (++this.#missed < MISSED) return undefined;
    const ends = (await this.folder.statuses()).map(({ why }) => why).filter((why) => why !== "" && why !== "drained");
    const said = ends.length === 0 ? "" : `, the last of them because: ${ends.at(-1)}`;
    return `All workers have ended${said}; their logs are in "${this.folder.path}"; run this again to go on with new ones`;
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
