/** @file A bounded number of things at once; those that wait are let in by priority, then in order of arrival. */

interface Waiting {
  readonly priority: number;
  readonly enter: () => void;
}

/** A semaphore with priorities. */
export class Slots {
  #free: number;
  /** Those that wait, in order, from `#first` on: taking the first off an array of thousands would move all others. */
  readonly #waiting: Waiting[] = [];
  #first = 0;

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
      const next = this.#next();
      if (next === undefined) this.#free++;
      else next.enter();
    }
  }

  #line(entry: Waiting): void {
    // From the end, where the branches of one node line up behind each other, however many.
    const before = this.#waiting.findLastIndex(({ priority }) => priority <= entry.priority);
    this.#waiting.splice(Math.max(this.#first, before + 1), 0, entry);
  }

  #next(): Waiting | undefined {
    const next = this.#waiting[this.#first++];
    if (this.#first >= this.#waiting.length / 2) {
      this.#waiting.splice(0, this.#first);
      this.#first = 0;
    }
    return next;
  }
}
