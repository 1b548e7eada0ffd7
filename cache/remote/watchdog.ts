/** @file Ends what takes too long: a silence, or a whole exchange. */
import { RemoteError } from "./errors.ts";

/** A signal that is aborted once a deadline has passed. */
export class Watchdog implements Disposable {
  readonly #abort = new AbortController();
  readonly signal: AbortSignal;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #whole: ReturnType<typeof setTimeout> | undefined;

  /** @param other aborts it too */
  constructor(other: AbortSignal) {
    this.signal = AbortSignal.any([this.#abort.signal, other]);
  }

  /** Something came: from now on, so many seconds may pass until the next. */
  expect(seconds: number): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#end(`it said nothing for ${seconds} s`), 1000 * seconds);
  }

  /** From now on, everything together may take so many seconds. */
  limit(seconds: number): void {
    clearTimeout(this.#whole);
    this.#whole = setTimeout(() => this.#end(`it took more than ${Math.round(seconds)} s`), 1000 * seconds);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#whole);
  }

  #end(why: string): void {
    this.#abort.abort(new RemoteError(why, "again", 2));
  }
}
