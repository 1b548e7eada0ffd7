/** @file The file that says who holds a lease. It is read from a shared folder, so nothing in it is taken on trust. */
import { basename } from "node:path";
import { hash } from "./hash.ts";
import { readFreshText } from "./heartbeat.ts";
import type { ProcessIdentity } from "./processes.ts";
import { unseal } from "./sealed_json.ts";

/** The process that holds a lease. */
export interface Holder extends ProcessIdentity {
  /** Names the owner; no other ever has it. */
  readonly token: string;
  /** When the owner began to work on the store, ISO 8601, by its own clock. */
  readonly since: string;
  /** The same by the disk's clock, in milliseconds. */
  readonly beganMs: number;
  /** What the owner calls itself, such as the name of a run. */
  readonly purpose: string;
  /** Seconds between two of its heartbeats; 0 if unknown. */
  readonly beatSeconds: number;
  /** Set where the file can not be read: its owner is not known then. */
  readonly damaged?: true;
}

/** Longest interval that is believed: a lease must not be beyond reach for days because a file says so. */
const MOST_BEAT_SECONDS = 3600;

/** The holder that a lease's file names; undefined if there is no such file. */
export async function readHolder(path: string): Promise<Holder | undefined> {
  const text = await readFreshText(path);
  if (text === undefined) return undefined;
  try {
    return asHolder(unseal(text));
  } catch {
    // Damaged, or half written where links do not exist: it counts as held until it has not changed for some time.
    const token = `damaged-${hash(basename(path)).slice(0, 16)}`;
    const unknown = { host: "unknown", pid: 0, machine: "", started: "", since: "", purpose: "", beganMs: 0 };
    return { ...unknown, token, beatSeconds: 0, damaged: true };
  }
}

/** Checks a value; the token becomes part of file names, and the number is asked of the system. */
function asHolder(value: unknown): Holder {
  const holder = value as Holder;
  const texts = [holder?.token, holder?.host, holder?.machine, holder?.started, holder?.since, holder?.purpose];
  const sound = texts.every((text) => typeof text === "string") && /^[0-9a-f-]{36}$/.test(holder.token) &&
    Number.isSafeInteger(holder.pid) && holder.pid > 0 && Number.isFinite(holder.beganMs) && holder.beatSeconds > 0 &&
    holder.beatSeconds <= MOST_BEAT_SECONDS;
  if (!sound) throw new TypeError("Cannot use this as the holder of a lease: a field is missing or of another type");
  return holder;
}
