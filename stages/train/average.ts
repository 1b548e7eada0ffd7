/** @file The mean of parameters over epochs, for stochastic weight averaging. */

/** The mean of parameters seen, in double precision: `avg += (w - avg) / n`. */
export class Average {
  /** How many were seen. */
  count = 0;
  readonly #sums = new Map<string, Float64Array>();

  /** Takes parameters in. */
  add(parameters: Readonly<Record<string, Float32Array>>): void {
    this.count++;
    for (const [name, values] of Object.entries(parameters)) {
      const mean = this.#sums.get(name) ?? new Float64Array(values.length);
      values.forEach((w, i) => mean[i]! += (w - mean[i]!) / this.count);
      this.#sums.set(name, mean);
    }
  }

  /** The mean of those taken in, in single precision. */
  mean(): Record<string, Float32Array> {
    return Object.fromEntries([...this.#sums].map(([name, mean]) => [name, Float32Array.from(mean)]));
  }
}
