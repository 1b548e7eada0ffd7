/** @file Ends what takes too long: a silence, or a whole exchange. */
import { RemoteError } from "./errors.ts";

/**
 * A timer that is so late, in milliseconds, was held up by work in this thread, and what was waited for may have come
 * meanwhile: then the wait begins again, so often.
 */
const LATE_MS = 200;
const MOST_AGAIN = 5;

/** A signal that is aborted once a deadline has passed. */
export class Watchdog implements Disposable {
  readonly #abort = new AbortController();
  readonly signal: AbortSignal;
  readonly #silence = new Deadline((seconds) => this.#end(`it said nothing for ${seconds} s`));
  readonly #whole = new Deadline((seconds) => this.#end(`it took too long, ${Math.max(1, Math.round(seconds))} s`));

  /** @param other aborts it too */
  constructor(other: AbortSignal) {
    this.signal = AbortSignal.any([this.#abort.signal, other]);
  }

  /** Something came: from now on, so many seconds may pass until the next. */
  expect(seconds: number): void {
    this.#silence.set(seconds);
  }

  /** From now on, everything together may take so many seconds. */
  limit(seconds: number): void {
    this.#whole.set(seconds);
  }

  [Symbol.dispose](): void {
    this.#silence.clear();
    this.#whole.clear();
  }

  #end(why: string): void {
    this.#abort.abort(new RemoteError(why, "again", 2));
  }
}

/** One deadline that can be moved. */
class Deadline {
  readonly #passed: (seconds: number) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(passed: (seconds: number) => void) {
    this.#passed = passed;
  }

  set(seconds: number, again = MOST_AGAIN): void {
    clearTimeout(this.#timer);
    const due = performance.now() + 1000 * seconds;
    this.#timer = setTimeout(() => {
      if (again > 0 && performance.now() - due > LATE_MS) this.set(seconds, again - 1);
      else this.#passed(seconds);
    }, Math.max(0, 1000 * seconds));
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
