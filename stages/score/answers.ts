/** @file What a model's answer about an example is worth: whether it is right, or how much it gives the right class. */
import { correctness } from "../stats/correctness.ts";
import type { ZooModel } from "../stats/zoo.ts";

/** Correctness (0 or 1), probability of the label, or its natural logarithm. */
export const MEASURES = ["accuracy", "confidence", "log-confidence"] as const;

/** One of them. */
export type Measure = typeof MEASURES[number];

/** The measure of each example's first view, for the first `labels.length` examples; logarithms in float64 throughout. */
export function answers(model: ZooModel, labels: Int32Array, measure: Measure): Float64Array {
  if (measure === "accuracy") return Float64Array.from(correctness(model, labels));
  const { logits, views, classes } = model;
  return Float64Array.from(labels, (label, row) => {
    const start = row * views * classes;
    let [most, total] = [-Infinity, 0];
    for (let k = 0; k < classes; k++) most = Math.max(most, logits[start + k]!);
    for (let k = 0; k < classes; k++) total += Math.exp(logits[start + k]! - most);
    const log = logits[start + label]! - most - Math.log(total);
    return measure === "log-confidence" ? log : Math.exp(log);
  });
}

/** Means and variances of numbers that come one at a time, a place each (Welford 1962). */
export class Running {
  readonly count: Uint32Array;
  readonly mean: Float64Array;
  readonly #squares: Float64Array;

  constructor(places: number) {
    this.count = new Uint32Array(places);
    this.mean = new Float64Array(places);
    this.#squares = new Float64Array(places);
  }

  /** Takes a number in. */
  add(place: number, value: number): void {
    const n = ++this.count[place]!;
    const off = value - this.mean[place]!;
    this.mean[place]! += off / n;
    this.#squares[place]! += off * (value - this.mean[place]!);
  }

  /** The mean; NaN of none. */
  meanOf(place: number): number {
    return this.count[place] === 0 ? NaN : this.mean[place]!;
  }

  /** Unbiased variance of the mean; NaN of fewer than two. */
  varianceOfMean(place: number): number {
    const n = this.count[place]!;
    return n < 2 ? NaN : this.#squares[place]! / (n - 1) / n;
  }
}
