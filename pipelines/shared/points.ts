/**
 * @file What five reviews of "On Memorization and Privacy Risks of Sharpness Aware Minimization" asked or objected, in our
 * words, with the pipeline that answers each point. Findings name points by these ids.
 */

/** One point, or several reviews' same point. */
export interface ReviewPoint {
  readonly ids: string[];
  readonly point: string;
  /** Pipelines that answer it. */
  readonly studies?: string[];
  /** What settles it, where no experiment is needed. */
  readonly settled?: string;
}

/** All points, reviewer by reviewer. */
export const points: ReviewPoint[] = [
  {
    ids: ["R1-W1"],
    point: "The toy example is too simple: what if atypical points lie away from the other class, or orthogonal to it?",
    studies: ["toy"],
  },
  {
    ids: ["R1-W2", "R3-Q2"],
    point: "With label-only attacks SAM looks safer on CIFAR; why does the sign differ between attacks?",
    studies: ["label-only", "attacks"],
  },
  {
    ids: ["R1-W3"],
    point: "SAM resists label noise; does that not contradict that it memorizes atypical points more?",
    studies: ["label-noise"],
  },
  {
    ids: ["R2-1", "R2-2", "R4-Q2", "R5-W2", "R3-W"],
    point: "Differential privacy and other defences are missing; how does SharpReg compare with DP-SGD?",
    studies: ["table2", "dp-frontier"],
  },
  {
    ids: ["R2-3", "R2-4", "R2-5", "R2-6", "R2-8"],
    point: "Notation, a misprint in a formula, and what influence of a single point means",
    settled:
      "No experiment. Methods gives every formula's settings as they were run; unit tests hold the estimators to " +
      "examples worked out by hand.",
  },
  {
    ids: ["R2-7"],
    point: "Colours of figures cannot be told apart; best results are not highlighted",
    settled:
      "No experiment. Figures use the palette of Okabe and Ito with shapes or dashes; tables mark the best of a " +
      "column, and what ties with it.",
  },
  {
    ids: ["R2-9"],
    point: "Is the attacks’ success just correlated with test accuracy?",
    studies: ["matched-accuracy"],
  },
  {
    ids: ["R2-10"],
    point: "Is the gain by influence entropy about memorization, or about difficulty?",
    studies: ["entropy-vs-difficulty"],
  },
  { ids: ["R2-11"], point: "There is no theory, and no intuition", studies: ["linear-theory"] },
  {
    ids: ["R2-12"],
    point: "DP-SAT says that flatness helps privacy: the opposite",
    studies: ["dp-frontier"],
  },
  { ids: ["R2-13"], point: "What SharpReg does, and how it depends on its weight", studies: ["sharpness", "table2"] },
  { ids: ["R3-W2"], point: "The entropy metric is expensive: how many models does it need?", studies: ["budget"] },
  {
    ids: ["R3-Q1"],
    point: "Are memorization and influence properties of the data, whatever the model and optimizer?",
    studies: ["optimizer-property-or-data-property"],
  },
  {
    ids: ["R4-W1", "R4-Q4", "R4-Q5", "R4-Q6"],
    point:
      "That models memorize these points more is not shown: measure it in each optimizer's own models, and remove them",
    studies: ["figure2", "figure3", "remove-and-retrain"],
  },
  {
    ids: ["R4-b"],
    point: "Bucket numbers flip, and lines of figures 3a and 4a that should agree do not",
    studies: ["figure2", "figure3", "figure4"],
    settled:
      "One zoo feeds all figures, buckets are always numbered from the most atypical up, and each figure names the " +
      "digest of its result.",
  },
  {
    ids: ["R4-c"],
    point: "The toy example shows a gain, but not what causes it",
    studies: ["toy"],
  },
  {
    ids: ["R5-W1"],
    point: "Are the conclusions artefacts of the metric? Define memorization, and its link to privacy",
    studies: ["metric-agreement"],
  },
  {
    ids: ["R5-Q"],
    point: "Which attack is Table 1 about?",
    studies: ["table1", "attacks"],
    settled: "Tables of attacks name the attack, its queries and its threat model.",
  },
  {
    ids: ["2026-R1", "2026-R4"],
    point: "True positive rates at few false positives; stronger attacks; memorization under SAM against under SGD",
    studies: ["attacks", "optimizer-property-or-data-property"],
  },
];
