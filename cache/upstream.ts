/**
 * @file What may stand behind a store: a place where results are looked for that the store lacks, and where new ones are
 * sent. A store works without one, and goes on without one that fails.
 */
import type { Layout } from "./layout.ts";
import type { Publisher, Warn } from "./publisher.ts";
import type { StoreRecord } from "./record.ts";

/** The store, as what stands behind it sees it. */
export interface Home {
  readonly layout: Layout;
  readonly publisher: Publisher;
  readonly warn: Warn;
  /** The store's own record of a key, and whether it has an object itself. */
  readRecord(key: string): Promise<StoreRecord | undefined>;
  hasObject(digest: string): Promise<boolean>;
  /** Keeps a record whose objects are all there. */
  keepRecord(record: StoreRecord): Promise<void>;
}

/** How far sending is. */
export interface SendingProgress {
  readonly done: number;
  readonly total: number;
}

/** What became of looking and sending. */
export interface UpstreamReport {
  /** Where; never with a password. */
  readonly url: string;
  /** Why it was given up; null if it was not. */
  readonly off: string | null;
  readonly received: UpstreamTally;
  readonly sent: UpstreamTally;
  /** Results that were to be sent and were not. */
  readonly unsent: number;
}

/** Counts of one direction. */
export interface UpstreamTally {
  readonly records: number;
  readonly objects: number;
  /** Bytes of objects. */
  readonly bytes: number;
}

/** What stands behind a store. Nothing it does throws, except that the store's own disk fails. */
export interface Upstream {
  /** The record of a key, whose objects it promises to bring; undefined if it has none, or none that can be believed. */
  record(key: string): Promise<StoreRecord | undefined>;
  /** Whether a record of its names this object, and it has not failed to bring it so far. */
  promises(digest: string): boolean;
  /** Brings an object into the store; whether it is there now. */
  bring(digest: string): Promise<boolean>;
  /** Whether the record of this key came from it. */
  gave(key: string): boolean;
  /** Whether an object did not come that was promised. */
  readonly brokePromise: boolean;
  /** Looks for nothing any more. */
  stopReading(): void;
  /**
   * Sends a result that is stored; waits only where very many wait already. `relatives`: keys whose results are worth
   * sending too where this one was not there.
   */
  share(key: string, relatives?: () => Promise<readonly string[]>): Promise<void>;
  /** Sends what still waits. Ends early when aborted. */
  drain(progress: (progress: SendingProgress) => void, signal?: AbortSignal): Promise<void>;
  report(): UpstreamReport;
  /** Ends what is under way, and keeps what came whole. */
  close(): Promise<void>;
}
