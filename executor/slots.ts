/** @file A bounded number of things at once; those that wait are let in by priority, then in order of arrival. */

interface Waiting {
  readonly priority: number;
  readonly enter: () => void;
}

/** A semaphore with priorities. */
export class Slots {
  #free: number;
  readonly #waiting: Waiting[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Runs `work` when a slot is free; the smallest priority goes first. */
  async use<T>(priority: number, work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((enter) => this.#line({ priority, enter }));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next.enter();
    }
  }

  #line(entry: Waiting): void {
    const at = this.#waiting.findIndex(({ priority }) => priority > entry.priority);
    this.#waiting.splice(at === -1 ? this.#waiting.length : at, 0, entry);
  }
}
