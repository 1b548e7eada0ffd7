/**
 * @file Signs of life between processes that share nothing but a folder. The living touches its file; whoever waits for
 * it looks whether the file changes. Times are compared for equality only, never with a clock: the clocks of two
 * machines may differ by any amount.
 */
import { codeOf, readTextIfThere } from "./files.ts";

/** Touches a file at an interval, until stopped. The timer does not keep the process from ending. */
export class Heartbeat {
  readonly #path: string;
  readonly #timer: ReturnType<typeof setInterval>;
  #last = 0;

  /** @param lost called, once, when the file can not be touched any more. */
  constructor(path: string, intervalMs: number, lost: (cause: unknown) => void) {
    this.#path = path;
    this.#timer = setInterval(() => {
      this.#beat().catch((cause) => {
        this.stop();
        lost(cause);
      });
    }, intervalMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #beat(): Promise<void> {
    this.#last = Math.max(Date.now(), this.#last + 1); // a clock that stands still must not look like death
    const time = new Date(this.#last);
    await Deno.utime(this.#path, time, time);
  }
}

interface Sight {
  readonly stamp: string;
  /** When this process last counted a look, by its own steady clock. */
  looked: number;
  missed: number;
}

/** Remembers when files were last seen to change. */
export class Watcher {
  readonly #sights = new Map<string, Sight>();

  /**
   * How many intervals in a row a file has not changed; undefined if it is gone. An interval counts when one look ends
   * it, however long it was: after a laptop slept for the night, no beat is missed but one.
   */
  async missedBeats(path: string, intervalMs: number): Promise<number | undefined> {
    const stamp = await stampOf(path);
    if (stamp === undefined) {
      this.#sights.delete(path);
      return undefined;
    }
    const now = performance.now();
    const sight = this.#sights.get(path);
    if (sight?.stamp !== stamp) {
      this.#sights.set(path, { stamp, looked: now, missed: 0 });
      return 0;
    }
    if (now - sight.looked >= intervalMs) {
      sight.looked = now;
      sight.missed++;
    }
    return sight.missed;
  }
}

/** Opens the file instead of asking for its attributes by name: NFS answers the latter from its cache for a minute. */
async function stampOf(path: string): Promise<string | undefined> {
  try {
    using file = await Deno.open(path);
    const { mtime, ino } = await file.stat();
    return `${Number(mtime)} ${ino}`;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Like readTextIfThere(), for files that other machines remove at any time; what is no file reads as an empty one. */
export async function readFreshText(path: string): Promise<string | undefined> {
  try {
    return await readTextIfThere(path);
  } catch (error) {
    if (isGone(error)) return undefined;
    if (codeOf(error) === "EISDIR") return "";
    throw error;
  }
}

/** NFS says ESTALE of a file that another machine removed after this one had looked it up. */
function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || codeOf(error) === "ESTALE";
}
