/**
 * @file A pool's folder in the store, `pools/ID`: what was asked for, what its workers are doing, what failed, and their
 * logs. Each file has one writer and appears whole; nothing in it decides over results, which lie where all others do.
 */
import { join, resolve } from "node:path";
import type { ProcessIdentity } from "../../cache/mod.ts";
import { RequestError } from "../errors.ts";
import type { PipelineRequest, RunOptions } from "../request.ts";

/** What a launcher needs to find again what it launched; plain data. */
export type Handle =
  | { readonly launcher: "slurm"; readonly job: string }
  | { readonly launcher: "local"; readonly processes: readonly ProcessIdentity[] }
  | { readonly launcher: "none" };

/** Workers of one kind that were launched together. */
export interface Crew {
  /** Which branches they take: those that need a GPU, those that do not, or any. */
  readonly kind: CrewKind;
  readonly size: number;
  readonly handle: Handle;
}

/** Which branches a worker takes. */
export type CrewKind = "any" | "gpu" | "cpu";

/** A pool: workers that share one piece of work. */
export interface PoolRecord {
  readonly id: string;
  /** When it was begun, ISO 8601. */
  readonly when: string;
  /** The pipeline's name. */
  readonly pipeline: string;
  /** Names the work: code, parameters and wires of all its nodes. */
  readonly fingerprint: string;
  readonly request: PipelineRequest;
  /** What of the run's options its workers follow. */
  readonly options: WorkerOptions;
  readonly crews: readonly Crew[];
}

/** Options that workers take from the run that began their pool. */
export type WorkerOptions = Omit<RunOptions, "cache" | "devices" | "signal" | "out" | "force">;

/** A branch that a worker computes. */
export interface Current {
  readonly node: string;
  readonly branch: number;
  /** Since when, in seconds before the status was written. */
  readonly seconds: number;
  readonly done: number;
  readonly total: number;
  readonly unit: string;
}

/** What a worker says of itself, every few seconds. */
export interface WorkerStatus {
  /** Its own, never used again; not the scheduler's number, which may be alive twice. */
  readonly id: string;
  readonly crew: CrewKind;
  readonly process: ProcessIdentity;
  /** What the scheduler calls it; for people. */
  readonly job: string;
  readonly state: "working" | "waiting" | "leaving" | "ended";
  /** Why it ended: "" while it has not. */
  readonly why: string;
  readonly ran: number;
  readonly failed: number;
  /** Since it began, and how many of that it computed something. */
  readonly seconds: number;
  readonly busySeconds: number;
  readonly current: readonly Current[];
  /** Counts the writings, so that one that stops is told from one with nothing new. */
  readonly beat: number;
  /** Seconds to the next. */
  readonly everySeconds: number;
}

/** A branch that failed. */
export interface FailureNote {
  readonly node: string;
  readonly branch: number;
  readonly message: string;
  readonly worker: string;
}

/** Reads and writes one pool's folder. */
export class PoolFolder {
  readonly path: string;

  constructor(cache: string, readonly id: string) {
    if (!/^[A-Za-z0-9-]{1,80}$/.test(id)) throw new RequestError(`Cannot find a pool "${id}": this is no pool's name`);
    this.path = join(resolve(cache), "pools", id);
  }

  /** The pool; undefined if there is none of that name, or it cannot be read. */
  async read(): Promise<PoolRecord | undefined> {
    return await readJson<PoolRecord>(join(this.path, "pool.json"));
  }

  async write(pool: PoolRecord): Promise<void> {
    await writeJson(join(this.path, "pool.json"), pool);
  }

  async writeStatus(status: WorkerStatus): Promise<void> {
    await writeJson(join(this.path, "workers", `${status.id}.json`), status);
  }

  /** All workers' statuses, with when each was written by the clock of the disk, in milliseconds. */
  async statuses(): Promise<readonly (WorkerStatus & { readonly writtenMs: number })[]> {
    const folder = join(this.path, "workers");
    const read = await Promise.all((await jsonIn(folder)).map(async (name) => {
      const path = join(folder, name);
      const status = await readJson<WorkerStatus>(path);
      const writtenMs = await Deno.stat(path).then(({ mtime }) => Number(mtime), () => 0);
      return status && { ...status, writtenMs };
    }));
    return read.filter((status) => status !== undefined);
  }

  async fail(key: string, failure: FailureNote): Promise<void> {
    await writeJson(join(this.path, "failures", `${key}.json`), failure);
  }

  async failureOf(key: string): Promise<FailureNote | undefined> {
    return await readJson<FailureNote>(join(this.path, "failures", `${key}.json`));
  }

  /** Failures by the keys of branches; `known` need not be read again. */
  async failures(known: Map<string, FailureNote> = new Map()): Promise<ReadonlyMap<string, FailureNote>> {
    const folder = join(this.path, "failures");
    for (const name of await jsonIn(folder)) {
      const key = name.slice(0, -".json".length);
      if (known.has(key)) continue;
      const failure = await readJson<FailureNote>(join(folder, name));
      if (failure !== undefined) known.set(key, failure);
    }
    return known;
  }

  /** The time by the clock of the store's disk, which may be another machine's. */
  async diskTime(): Promise<number> {
    const path = join(this.path, `.clock-${crypto.randomUUID()}`);
    try {
      await Deno.mkdir(this.path, { recursive: true });
      await Deno.writeFile(path, new Uint8Array(0), { createNew: true });
      return Number((await Deno.stat(path)).mtime);
    } catch {
      return Date.now(); // read-only: the ages are only shown
    } finally {
      await Deno.remove(path).catch(() => {});
    }
  }

  async remove(): Promise<void> {
    await Deno.remove(this.path, { recursive: true }).catch(() => {});
  }
}

/** The pools of a store, newest first. */
export async function poolsOf(cache: string): Promise<readonly PoolFolder[]> {
  const names = (await namesIn(join(resolve(cache), "pools"))).filter((name) => /^[A-Za-z0-9-]{1,80}$/.test(name));
  return names.sort().reverse().map((id) => new PoolFolder(cache, id));
}

async function jsonIn(folder: string): Promise<readonly string[]> {
  return (await namesIn(folder)).filter((name) => name.endsWith(".json") && !name.startsWith("."));
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  } catch {
    return []; // not there yet, or out of sight for a moment: it is looked at again
  }
}

async function writeJson(path: string, value: unknown): Promise<void> {
  const temporary = join(path, `../.${crypto.randomUUID()}`);
  const write = () => Deno.writeTextFile(temporary, JSON.stringify(value));
  await write().catch(async () => {
    await Deno.mkdir(join(path, ".."), { recursive: true });
    await write();
  });
  await Deno.rename(temporary, path);
}

/** NFS says ESTALE of a file that was replaced while it was opened: it is there at the next look. */
async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(path)) as T;
  } catch {
    return undefined;
  }
}
