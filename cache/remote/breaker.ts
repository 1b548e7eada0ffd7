/**
 * @file A circuit breaker: a server that fails again and again is left alone for the rest of the run, and that is said
 * once. A run without a remote cache is slower; one that waits for a dead server at every step would be slower still.
 */

/** Failures in a row, time-outs counting twice, after which the server is left alone. */
const MOST_STRIKES = 4;

/** Answers that are not what they should be, and what share of all, after which it is left alone. */
const MOST_DAMAGED = 3;
const DAMAGED_SHARE = 0.02;

/** Whether a server is used. */
export class Breaker {
  readonly #tell: (why: string) => void;
  readonly #abort = new AbortController();
  #strikes = 0;
  #damaged = 0;
  #good = 0;

  /** @param tell is called once, when the server is given up */
  constructor(tell: (why: string) => void) {
    this.#tell = tell;
  }

  /** Why the server is no longer used; undefined while it is. */
  get why(): string | undefined {
    return this.signal.aborted ? String(this.signal.reason) : undefined;
  }

  /** Aborted when the server is given up: what is under way ends too. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  succeeded(): void {
    this.#strikes = 0;
    this.#good++;
  }

  failed(strikes: number, why: string): void {
    this.#strikes += strikes;
    if (this.#strikes >= MOST_STRIKES) this.open(why);
  }

  /** An answer that came, and was not what it should be. */
  damaged(why: string): void {
    if (++this.#damaged >= MOST_DAMAGED && this.#damaged > DAMAGED_SHARE * this.#good) this.open(why);
  }

  /** Gives the server up. */
  open(why: string, quietly = false): void {
    if (this.signal.aborted) return;
    this.#abort.abort(why);
    if (!quietly) this.#tell(why);
  }
}
