/** @file A bounded number of things at once; the others wait in turn. */

/** Runs steps, so many at a time. */
export class Limit {
  #free: number;
  readonly #waiting: (() => void)[] = [];
  #next = 0;

  constructor(most: number) {
    this.#free = most;
  }

  async run<T>(step: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await step();
    } finally {
      if (this.#next < this.#waiting.length) this.#waiting[this.#next++]!();
      else {
        this.#free++;
        this.#waiting.length = this.#next = 0;
      }
    }
  }
}
