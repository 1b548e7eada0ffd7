/** @file The life of a native session: opened when first needed, once, and released on demand. */

import type { Session } from "./session.ts";

/** A session that opens itself. */
export class Lifetime {
  readonly #title: string;
  readonly #build: () => Promise<Session>;
  #session: Promise<Session> | undefined;
  #disposed = false;

  /** `title` names the program in errors. */
  constructor(title: string, build: () => Promise<Session>) {
    this.#title = title;
    this.#build = build;
  }

  /**
   * The open session. A build that failed fails again in the same way: a function does not get compilable by waiting.
   *
   * @throws TypeError after {@link dispose}
   */
  async open(): Promise<Session> {
    if (this.#disposed) throw new TypeError(`${this.#title} is disposed and cannot run`);
    return await (this.#session ??= this.#build());
  }

  /** Frees the native memory. */
  async dispose(): Promise<void> {
    const session = this.#session;
    this.#disposed = true;
    this.#session = undefined;
    await (await session?.catch(() => undefined))?.release();
  }
}
