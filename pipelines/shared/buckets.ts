/**
 * @file Buckets of test examples by influence entropy, and how optimizers differ by bucket: what figures 2 to 4 share.
 * Bucket 1 has the lowest entropy, it is the most atypical.
 */
import { bucket, each, type Metrics, type Node, type Predictions, report, score, stats, subsample } from "../../mod.ts";
import { type dataAndMasks, zooOf } from "./study.ts";

/** Data, and masks of the models. */
export type Sets = ReturnType<typeof dataAndMasks>;

/** What a zoo says about every example. */
export type Logits = Node<typeof Predictions, "many">;

/** Names of optimizers for readers. */
export const labels = {
  sgd: "SGD",
  sam: "SAM",
  swa: "SWA",
  asam: "ASAM",
  gsam: "GSAM",
  lookSam: "LookSAM",
  sharpReg: "SharpReg",
};

/** Influence on test examples in one zoo, and buckets by its entropy. */
export function bucketsFrom({ data, masks }: Sets, logits: Logits) {
  const influence = score.influence({ masks, logits, data });
  return { influence, buckets: bucket.influenceEntropy({ influence, data }) };
}

/**
 * A zoo of the baseline on masks of its own, which says who is typical and is not measured: models that sort examples by
 * what they themselves get right are measured on their own luck.
 */
export function judgesOf(data: Sets["data"], p: Parameters<typeof zooOf>[1], optimizer: Parameters<typeof zooOf>[2]) {
  return each({ judges: optimizer }, (optimizer) => {
    const sets = { data, masks: subsample({ data }, { members: p.members, seed: 2 }) };
    return { ...sets, logits: zooOf(sets, p, optimizer).logits };
  }).judges;
}

/** Two slices of a number as one, their difference: a row that can be compared between zoos. */
export function atypicalLessTypical(metrics: Node<typeof Metrics, "one">) {
  return stats.sliceContrast({ metrics }, { slice: "bucket 1", against: "bucket 5" });
}

/** Accuracy by bucket of every optimizer, and its differences to the baseline's. */
export function accuracies(
  { data, masks }: Sets,
  zoos: Readonly<Record<string, Logits>>,
  { buckets }: Pick<ReturnType<typeof bucketsFrom>, "buckets">,
  baseline: string,
) {
  const byBucket = each(zoos, (logits) => stats.accuracyByBucket({ masks, logits, data, buckets }));
  const contrasts = each(byBucket, atypicalLessTypical);
  const metrics = report.flatten(each(byBucket, (own, name) => ({ own, contrast: contrasts[name]! })));
  return { byBucket, gains: stats.compareMeasures({ metrics }, { reference: baseline }) };
}
