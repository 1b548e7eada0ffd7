/** @file The privacy ledger of a model: what an accountant needs to know to say what its training spent. */

/** One mechanism that looked at the members, so many times. */
export interface LedgerEntry {
  /** A sum of vectors of norm at most `clip` over a Poisson sample of the members, plus normal noise. */
  readonly mechanism: "poisson-subsampled gaussian";
  /** The neighbouring relation under which `clip` is the sum's sensitivity. */
  readonly relation: "add or remove one example";
  /** Probability that a member is in a step's sample. */
  readonly samplingRate: number;
  /** Standard deviation of the noise, as a multiple of `clip`. */
  readonly noiseMultiplier: number;
  /** Largest L2 norm of one example's part in the sum. */
  readonly clip: number;
  /** How often it was applied. */
  readonly steps: number;
  /** What was released by it; the training log is not covered. */
  readonly covers: "parameters";
  /** Where the samples and the noise came from: `seeded` can be repeated by who knows the seed, and is for experiments. */
  readonly randomness: "seeded";
  /** The streams that it came from: of a seed and of what the model's mask is. Absent in models of earlier versions. */
  readonly seed?: number;
  readonly branch?: string;
}

/** The `ledger` column of a model: its entries as JSON, or "" for a model trained without differential privacy. */
export function writeLedger(entries: readonly LedgerEntry[]): string {
  return entries.length === 0 ? "" : JSON.stringify({ entries });
}
