/**
 * @file Does SAM's gain on atypical test examples come from memorized training examples? The most memorized ones are
 * removed, or as many random ones of the same classes, or those that influence bucket 1 most; SGD and SAM are trained
 * again on what is left of the same masks. What of the gain in bucket 1 is gone is the share that they mediate.
 */
import { each, pick, pipeline, report, score, select, stats, z } from "../mod.ts";
import { accuracies, bucketsFrom, judgesOf } from "./shared/buckets.ts";
import { dataAndMasks, studyParams, studyPresets, zooOf } from "./shared/study.ts";
import { dataAndFewMasks, fewMasksOf } from "./shared/variants.ts";

function optimizersOf({ sgd, sam }: typeof studyPresets[keyof typeof studyPresets]["optimizers"]) {
  return { sgd, sam };
}

export default pipeline("remove-and-retrain", {
  source: "Feldman & Zhang, arXiv 2008.03703, section 3.2; Kim et al., arXiv 2310.00488, and its review R4",
  params: z.object({
    ...studyParams,
    models: z.int().min(2).describe("Models of each zoo: the first of the study's"),
    fraction: z.number().gt(0).lt(0.5).describe("Share of the training examples that is removed"),
  }),
  presets: {
    tiny: { ...studyPresets.tiny, optimizers: optimizersOf(studyPresets.tiny.optimizers), models: 4, fraction: 0.2 },
    default: {
      ...studyPresets.default,
      optimizers: optimizersOf(studyPresets.default.optimizers),
      models: 8,
      fraction: 0.2,
    },
    paper: {
      ...studyPresets.paper,
      optimizers: optimizersOf(studyPresets.paper.optimizers),
      models: 64,
      fraction: 0.1,
    },
  },
  graph(p) {
    const { data } = dataAndMasks(p);
    const judges = judgesOf(data, p, pick(p.optimizers, p.baseline));
    const { influence, buckets } = bucketsFrom(judges, judges.logits);
    const memorization = score.memorization(judges);
    const influencers = score.influenceOn({ influence, buckets }, { bucket: 1 });

    const { fraction } = p;
    const control = { remove: "random", fraction, matched: "class", apart: true, seed: 1 } as const;
    const arms = {
      whole: dataAndFewMasks(p),
      random: fewMasksOf(select.without({ data, scores: memorization }, control), p),
      memorized: fewMasksOf(
        select.without({ data, scores: memorization }, { remove: "highest", fraction }).as("memorized"),
        p,
      ),
      influencers: fewMasksOf(
        select.without({ data, scores: influencers }, {
          remove: "highest",
          fraction,
          score: "influence on bucket 1",
        }).as("influencers"),
        p,
      ),
    };
    const trained = each(arms, (sets) => {
      const zoos = each(p.optimizers, (optimizer) => zooOf(sets, p, optimizer).logits);
      return {
        ...accuracies(sets, zoos, { buckets }, p.baseline),
        accuracy: each(zoos, (logits) => stats.accuracy({ ...sets, logits })),
      };
    });

    const [other = ""] = Object.keys(p.optimizers).filter((name) => name !== p.baseline);
    const of = { metric: "test accuracy", slice: "bucket 1" };
    const treatments = { memorized: trained.memorized, influencers: trained.influencers };
    const mediated = each(treatments, (treated) =>
      stats.mediation({
        metrics: {
          "treated gained": pick(treated.byBucket, other),
          "treated base": pick(treated.byBucket, p.baseline),
          "control gained": pick(trained.random.byBucket, other),
          "control base": pick(trained.random.byBucket, p.baseline),
        },
      }, { of }));
    const effect = stats.compareMeasures({
      metrics: report.flatten(each(trained, ({ byBucket }) => pick(byBucket, p.baseline))),
    }, { reference: "random" });

    const unit = "difference of fractions";
    const above = { expect: "above" as const, unit };
    const words = { memorized: "most memorized training examples", influencers: "training examples that help it most" };
    const findings = stats.findings({
      numbers: mediated,
      differences: { whole: trained.whole.gains, random: trained.random.gains, effect },
    }, {
      questions: [
        {
          ...above,
          question: "Does SAM gain accuracy over SGD on atypical test examples (bucket 1)?",
          asked: "paper, R4-W1",
          from: "whole",
          row: { slice: "bucket 1", group: other },
        },
        {
          ...above,
          question: "Does it when random training examples are removed (the control)?",
          asked: "R4-W1",
          from: "random",
          row: { slice: "bucket 1", group: other },
        },
        ...Object.entries(words).flatMap(([from, what]) => [
          {
            question:
              `Do atypical test examples need the ${what}: does SGD get fewer of them right without those than ` +
              `without random ones?`,
            asked: "R4-W1, R4-Q4, R4-Q5, R4-Q6",
            from: "effect",
            row: { slice: "bucket 1", group: from },
            expect: "below" as const,
            unit,
          },
          {
            ...above,
            question: `Does SAM's gain in bucket 1 shrink when the ${what} are removed rather than random ones?`,
            asked: "R4-W1, R4-Q4, R4-Q5, R4-Q6",
            from,
            row: { metric: "gain taken away" },
          },
          {
            ...above,
            question: `Do the ${what} mediate SAM's gain in bucket 1?`,
            asked: "R4-W1, R4-Q4, R4-Q5, R4-Q6",
            from,
            row: { metric: "mediated share" },
            unit: "share of the gain",
          },
        ]),
      ],
    });

    const labels = {
      whole: "all training examples",
      random: "random removed",
      memorized: "most memorized removed",
      influencers: "influencers of bucket 1 removed",
    };
    const byArm = Object.fromEntries(
      Object.entries(trained).flatMap(([arm, { byBucket, accuracy }]) =>
        Object.entries(byBucket).map(([name, metrics]) => [
          `${{ sgd: "SGD", sam: "SAM" }[name] ?? name}, ${labels[arm as keyof typeof labels]}`,
          { metrics, accuracy: pick(accuracy, name) },
        ])
      ),
    );
    return {
      findings,
      answers: report.findingsTable({ findings: { "remove-and-retrain": findings } }),
      table: report.table(byArm, { heading: "Zoo", caption: "Accuracy by what was removed from the training set" }),
      gains: report.curve(each(trained, ({ gains }) => stats.asMetrics({ comparisons: gains }, { group: other })), {
        x: "slice",
        lines: "group",
        slices: [1, 2, 3, 4, 5].map((number) => `bucket ${number}`),
        percent: true,
        labels,
        heading: "Training set",
        title: "SAM's gain over SGD by bucket of test examples",
        subtitle: ["Buckets are those of other models of SGD, on all training examples."],
        axes: { x: "Bucket of test examples (1: most atypical)", y: "Gain (percentage points)" },
      }).as("gains-figure"),
      effect: report.comparisonTable({ comparisons: effect }, { labels, heading: "Removed" }),
    };
  },
});
