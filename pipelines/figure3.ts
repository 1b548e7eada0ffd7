/**
 * @file Figure 3 of "On Memorization and Privacy Risks of Sharpness Aware Minimization": accuracy of SGD and SAM by bucket
 * of influence entropy, on the zoos of table 1. The zoo that sorts the examples is SGD's own, as in the paper, and, as a
 * check, one of models that are not measured.
 */
import { each, pick, pipeline, report, stats, z } from "../mod.ts";
import { accuracies, bucketsFrom, judgesOf, labels } from "./shared/buckets.ts";
import { dataAndMasks, studyParams, studyPresets, zooOf } from "./shared/study.ts";

function optimizersOf({ sgd, sam }: typeof studyPresets[keyof typeof studyPresets]["optimizers"]) {
  return { sgd, sam };
}

export default pipeline("figure3", {
  source: "Kim et al., arXiv 2310.00488, Figure 3: the protocol; sizes and hyperparameters are ours",
  params: z.object(studyParams),
  presets: {
    tiny: { ...studyPresets.tiny, optimizers: optimizersOf(studyPresets.tiny.optimizers) },
    default: { ...studyPresets.default, optimizers: optimizersOf(studyPresets.default.optimizers) },
    paper: { ...studyPresets.paper, optimizers: optimizersOf(studyPresets.paper.optimizers) },
  },
  graph(p) {
    const sets = dataAndMasks(p);
    const zoos = each(p.optimizers, (optimizer) => zooOf(sets, p, optimizer).logits);
    const own = accuracies(sets, zoos, bucketsFrom(sets, pick(zoos, p.baseline)), p.baseline);

    const judges = judgesOf(sets.data, p, pick(p.optimizers, p.baseline));
    const { apart } = each({ apart: bucketsFrom(judges, judges.logits) }, (buckets) => {
      return accuracies(sets, zoos, buckets, p.baseline);
    });

    const [other = ""] = Object.keys(p.optimizers).filter((name) => name !== p.baseline);
    const asked = [
      { from: "own", asked: "paper, R4-b", how: "" },
      { from: "apart", asked: "R5-W1", how: " where other models sort the examples" },
    ];
    const questions = asked.flatMap(({ from, asked, how }) =>
      [
        { question: `Does SAM gain accuracy on atypical test examples (bucket 1)${how}?`, slice: "bucket 1" },
        { question: `Does SAM gain more on atypical than on typical ones${how}?`, slice: "bucket 1 - bucket 5" },
      ].map(({ question, slice }) => ({
        question,
        asked,
        from,
        row: { metric: "test accuracy", slice, group: other },
        expect: "above" as const,
        unit: "difference of fractions",
      }))
    );
    const findings = stats.findings({ numbers: {}, differences: { own: own.gains, apart: apart.gains } }, {
      questions,
    });
    const figure = { labels, reference: p.baseline };
    return {
      findings,
      answers: report.findingsTable({ findings: { figure3: findings } }),
      accuracyByBucket: report.accuracyByBucket(own.byBucket, figure),
      otherModelsSort: report.accuracyByBucket(apart.byBucket, {
        ...figure,
        title: "Test accuracy by bucket, sorted by models that are not measured",
      }).as("other-models-sort"),
      gains: report.comparisonTable({ comparisons: own.gains }, { labels }),
    };
  },
});
