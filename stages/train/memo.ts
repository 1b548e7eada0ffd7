/** @file Programs compiled in this process, the few that were used last. */

import type { EngineOptions } from "../../engine/mod.ts";

/** What programs are compiled for: those for one device do not serve another, nor those to run an export. */
export function engineTraits({ device, threads, programs }: EngineOptions): unknown {
  return { device, threads, portable: programs?.portable, rehearsal: programs?.rehearsal?.id };
}

/** Keeps the last few things made, by a key that says all there is to know about them. */
export class Memo<T> {
  readonly #kept = new Map<string, T>();

  /** @param limit how many are kept; one that is dropped is freed with its last user, by the garbage collector */
  constructor(readonly limit: number) {}

  /** What is kept under `key`'s JSON, or what `make` makes. */
  get(key: unknown, make: () => T): T {
    const text = JSON.stringify(key);
    const made = this.#kept.get(text) ?? make();
    this.#kept.delete(text);
    this.#kept.set(text, made);
    if (this.#kept.size > this.limit) this.#kept.delete(this.#kept.keys().next().value!);
    return made;
  }
}
