/**
 * @file Figure 2 of "On Memorization and Privacy Risks of Sharpness Aware Minimization": what buckets of influence entropy
 * are, and memorization in each, under each optimizer's own zoo. Bucket 1 has the lowest entropy: it is atypical, here and
 * in every other figure.
 */
import { bucket, each, pick, pipeline, report, score, stats, z } from "../mod.ts";
import { atypicalLessTypical, bucketsFrom, labels } from "./shared/buckets.ts";
import { dataAndMasks, studyParams, studyPresets, zooOf } from "./shared/study.ts";

export default pipeline("figure2", {
  source: "Kim et al., arXiv 2310.00488, Figure 2; Feldman & Zhang, arXiv 2008.03703",
  params: z.object(studyParams),
  presets: studyPresets,
  graph(p) {
    const sets = dataAndMasks(p);
    const { data, masks } = sets;
    const zoos = each(p.optimizers, (optimizer) => zooOf(sets, p, optimizer).logits);
    const { influence, buckets } = bucketsFrom(sets, pick(zoos, p.baseline));

    // Who is memorized is chosen on one half of the baseline's zoo and measured on the other half of every zoo's.
    const scores = score.memorization({ masks, logits: pick(zoos, p.baseline), data }, { models: "even" });
    const strata = bucket.byScore({ scores });
    const rows = each(zoos, (logits) => {
      const zoo = { masks, logits, data };
      const behind = stats.memorizationByBucket({ ...zoo, influence, buckets });
      return {
        behind,
        contrast: atypicalLessTypical(behind),
        strata: stats.byStratum({ ...zoo, strata }, { models: "odd" }),
      };
    });
    const behind = each(rows, ({ behind, contrast }) => ({ behind, contrast }));
    const differences = {
      behind: stats.compareMeasures({ metrics: report.flatten(behind) }, { reference: p.baseline }),
      strata: stats.compareMeasures({ metrics: report.flatten(each(rows, ({ strata }) => strata)) }, {
        reference: p.baseline,
        metrics: ["memorization"],
      }),
    };

    const memorized = {
      from: "strata",
      asked: "paper, R4-W1, R4-Q4, R4-Q5, R4-Q6",
      row: { metric: "memorization", group: "sam" },
    };
    const findings = stats.findings({ numbers: { sgd: pick(rows, p.baseline).contrast }, differences }, {
      questions: [
        {
          question: "Do atypical test examples depend on training examples that are memorized more?",
          asked: "paper, R4-b",
          from: "sgd",
          row: { metric: "memorization" },
        },
        {
          question: "Does SAM memorize the training examples that atypical test examples depend on more than SGD does?",
          asked: "paper, R4-W1, R4-Q4, R4-Q5, R4-Q6",
          from: "behind",
          row: { slice: "bucket 1", group: "sam" },
        },
        {
          question: "Does SAM memorize more than SGD, over all training examples?",
          ...memorized,
          row: { ...memorized.row, slice: "all" },
        },
        {
          question: "Does SAM memorize the fifth of the training examples that SGD memorizes most more than SGD does?",
          ...memorized,
          row: { ...memorized.row, slice: "memorization 5" },
        },
      ].map((question) => ({ ...question, expect: "above" as const, unit: "difference of fractions" })),
    });

    const curve = { x: "slice", lines: "group", percent: true, labels, heading: "Optimizer" } as const;
    const bucketAxis = "Bucket of test examples (1: most atypical)";
    return {
      findings,
      answers: report.findingsTable({ findings: { figure2: findings } }),
      entropy: report.curve({ entropy: stats.entropyByBucket({ buckets }) }, {
        x: "slice",
        lines: "metric",
        title: "Influence entropy by bucket",
        axes: { x: bucketAxis, y: "Influence entropy (nats)" },
      }),
      memorizationByBucket: report.curve(each(rows, ({ behind }) => behind), {
        ...curve,
        title: "Memorization behind each bucket",
        subtitle: ["Mean memorization of training examples, weighted by their influence on the bucket."],
        axes: { x: bucketAxis, y: "Memorization (percentage points)" },
      }).as("memorization-by-bucket-figure"),
      memorizationByStratum: report.curve(each(rows, ({ strata }) => strata), {
        ...curve,
        metrics: ["memorization"],
        slices: [1, 2, 3, 4, 5].map((group) => `memorization ${group}`),
        title: "Memorization by fifth of the training examples",
        subtitle: ["Fifths by memorization in one half of the baseline's zoo, measured on the other half of each zoo."],
        axes: { x: "Fifth of the training examples (5: most memorized)", y: "Memorization (percentage points)" },
      }).as("memorization-by-stratum-figure"),
      differences: report.comparisonTable({ comparisons: differences.behind }, { labels }),
      differencesByStratum: report.comparisonTable({ comparisons: differences.strata }, { labels }).as(
        "by-stratum-table",
      ),
    };
  },
});
