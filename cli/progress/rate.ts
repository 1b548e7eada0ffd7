/** @file A rate over the last seconds: units done at times, the oldest forgotten. */

const window = 10_000;
const spacing = 250;

/** Measures units a second over the last ten seconds; counting starts at the first note. */
export class Rate {
  readonly #samples: { readonly at: number; readonly units: number }[] = [];

  /** Notes that `units` are done in all at time `now`. */
  note(units: number, now: number): void {
    const last = this.#samples.at(-1);
    const before = this.#samples.at(-2);
    // Samples closer than the spacing share one entry, so that memory stays bounded however often a stage reports.
    if (last !== undefined && before !== undefined && last.at - before.at < spacing) this.#samples.pop();
    this.#samples.push({ at: now, units });
    while (this.#samples.length > 2 && this.#samples[1]!.at <= now - window) this.#samples.shift();
  }

  /** Units a second; undefined while there is too little to go by. */
  at(now: number): number | undefined {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined) return undefined;
    const seconds = (Math.max(last.at, now) - first.at) / 1000;
    return seconds < 0.5 || last.units <= first.units ? undefined : (last.units - first.units) / seconds;
  }
}
