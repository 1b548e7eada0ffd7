/**
 * @file Figure 4 of "On Memorization and Privacy Risks of Sharpness Aware Minimization": accuracy by bucket of influence
 * entropy for every optimizer. Its lines of SGD and SAM are those of figure 3: the same zoos feed both.
 */
import { each, pick, pipeline, report, stats, z } from "../mod.ts";
import { accuracies, bucketsFrom, labels } from "./shared/buckets.ts";
import { dataAndMasks, optimizersAt, studyParams, zooOf, zooPresets } from "./shared/study.ts";

function everyOptimizer(lr: number) {
  const { sgd, sam, swa, sharpReg } = optimizersAt(lr);
  // The radius of ASAM is its paper's for CIFAR-10; it is no distance, and not to be compared with SAM's.
  const asam = { ...sam, kind: "asam", rho: 0.5 } as const;
  const gsam = { ...sam, kind: "gsam", alpha: 0.2 } as const;
  return { sgd, sam, asam, gsam, lookSam: { ...sam, kind: "lookSam" } as const, swa, sharpReg };
}

export default pipeline("figure4", {
  source: "Kim et al., arXiv 2310.00488, Figure 4: the protocol; sizes and hyperparameters are ours",
  params: z.object(studyParams),
  presets: {
    tiny: { ...zooPresets.tiny, optimizers: everyOptimizer(0.01) },
    default: { ...zooPresets.default, optimizers: everyOptimizer(0.01) },
    paper: { ...zooPresets.paper, optimizers: everyOptimizer(0.1) },
  },
  graph(p) {
    const sets = dataAndMasks(p);
    const zoos = each(p.optimizers, (optimizer) => zooOf(sets, p, optimizer).logits);
    const { data, masks } = sets;
    const accuracy = each(zoos, (logits) => stats.accuracy({ masks, logits, data }));
    const { byBucket, gains } = accuracies(sets, zoos, bucketsFrom(sets, pick(zoos, p.baseline)), p.baseline);

    const questions = Object.entries(p.optimizers).filter(([name]) => name !== p.baseline).map(([group, { kind }]) => {
      const name = labels[group as keyof typeof labels] ?? group;
      const sharp = kind === "sharpReg";
      return {
        question: sharp
          ? `Does ${name}, which seeks sharp minima, lose more accuracy on atypical test examples than on typical ones?`
          : `Does ${name}, which seeks flat minima, gain more accuracy on atypical test examples than on typical ones?`,
        asked: "paper, R4-b",
        from: "gains",
        row: { metric: "test accuracy", slice: "bucket 1 - bucket 5", group },
        expect: sharp ? "below" as const : "above" as const,
        unit: "difference of fractions",
      };
    });
    const findings = stats.findings({ numbers: {}, differences: { gains } }, { questions });
    return {
      findings,
      answers: report.findingsTable({ findings: { figure4: findings } }),
      table: report.table(accuracy, { labels, caption: "Accuracy: how far each optimizer has converged" }),
      accuracyByBucket: report.accuracyByBucket(byBucket, { labels, reference: p.baseline }),
      gains: report.comparisonTable({ comparisons: gains }, { labels }),
    };
  },
});
