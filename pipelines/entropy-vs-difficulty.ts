/**
 * @file Is SAM's gain about memorization, or about difficulty? Gain by cell of influence entropy and difficulty of test
 * examples; gain ~ entropy + difficulty, example by example; and, as a placebo, buckets of difficulty alone. Models that
 * are not measured say how atypical an example is, and others how difficult. An entropy from few models is mostly noise,
 * which draws its coefficient towards 0.
 */
import { bucket, each, pick, pipeline, report, score, stats, subsample, z } from "../mod.ts";
import { judgesOf } from "./shared/buckets.ts";
import { dataAndMasks, studyParams, studyPresets, zooOf } from "./shared/study.ts";

function optimizersOf({ sgd, sam }: typeof studyPresets[keyof typeof studyPresets]["optimizers"]) {
  return { sgd, sam };
}

export default pipeline("entropy-vs-difficulty", {
  source: "Kim et al., arXiv 2310.00488, Figure 3a, and its review R2-10: memorization, or difficulty?",
  params: z.object({
    ...studyParams,
    groups: z.int().min(2).describe("Buckets of entropy, and of difficulty"),
  }),
  presets: {
    tiny: { ...studyPresets.tiny, optimizers: optimizersOf(studyPresets.tiny.optimizers), groups: 3 },
    default: { ...studyPresets.default, optimizers: optimizersOf(studyPresets.default.optimizers), groups: 5 },
    paper: { ...studyPresets.paper, optimizers: optimizersOf(studyPresets.paper.optimizers), groups: 5 },
  },
  graph(p) {
    const sets = dataAndMasks(p);
    const { data, masks } = sets;
    const zoos = each(p.optimizers, (optimizer) => zooOf(sets, p, optimizer).logits);

    // One zoo of other models says how atypical test examples are, and another one how difficult, so that no error is shared.
    const baseline = pick(p.optimizers, p.baseline);
    const judges = judgesOf(data, p, baseline);
    const buckets = bucket.influenceEntropy({ influence: score.influence(judges), data }, { buckets: p.groups });
    const { difficulty: scores } = each({ difficulty: baseline }, (optimizer) => {
      const masks = subsample({ data }, { design: { fraction: 0.5 }, members: Math.ceil(p.members / 2), seed: 3 });
      const others = { data, masks };
      // By probability: a handful of models are right about an example a handful of times, and most would tie.
      return score.difficulty({ ...others, logits: zooOf(others, p, optimizer).logits }, { by: "probability" });
    });
    const strata = {
      cells: bucket.grid({ buckets, scores }, { groups: p.groups }),
      placebo: bucket.byScore({ scores }, { score: "difficulty", groups: p.groups }),
    };
    const rows = each(
      zoos,
      (logits) => each(strata, (strata) => stats.byStratum({ masks, logits, data, strata }, { models: "all" })),
    );
    const gains = each(
      strata,
      (_, kind) =>
        stats.compareMeasures({ metrics: report.flatten(each(rows, (own) => own[kind])) }, {
          reference: p.baseline,
          metrics: ["test accuracy"],
        }),
    );

    const [other = ""] = Object.keys(p.optimizers).filter((name) => name !== p.baseline);
    const regression = stats.regressGain({
      masks,
      gained: pick(zoos, other),
      base: pick(zoos, p.baseline),
      data,
      buckets,
      scores,
    });
    const both = "gain ~ entropy + difficulty";
    const unit = "change of the gain for one standard deviation, fraction";
    const findings = stats.findings({ numbers: { regression }, differences: { placebo: gains.placebo } }, {
      questions: [
        {
          question: "Does SAM gain more on test examples of low influence entropy (atypical ones)?",
          asked: "paper, R2-10",
          from: "regression",
          row: { measure: "gain ~ entropy", slice: "entropy" },
          expect: "below" as const,
          unit,
        },
        {
          question: "Does SAM gain more on atypical test examples at equal difficulty?",
          asked: "R2-10",
          from: "regression",
          row: { measure: both, slice: "entropy" },
          expect: "below" as const,
          unit,
        },
        {
          question: "Does SAM gain more on difficult test examples at equal influence entropy?",
          asked: "R2-10",
          from: "regression",
          row: { measure: both, slice: "difficulty" },
          expect: "above" as const,
          unit,
        },
        {
          question: "Does SAM gain accuracy on the most difficult test examples (the placebo: no entropy is asked)?",
          asked: "R2-10",
          from: "placebo",
          row: { slice: `difficulty ${p.groups}`, group: other },
          expect: "above" as const,
          unit: "difference of fractions",
        },
      ],
    });

    const labels = { sgd: "SGD", sam: "SAM" };
    const last = p.groups;
    return {
      findings,
      answers: report.findingsTable({ findings: { "entropy-vs-difficulty": findings } }),
      gain: report.heatMap({ gain: stats.asMetrics({ comparisons: gains.cells }) }, {
        rows: "slice 1",
        columns: "slice 2",
        slices: cells(last),
        middle: 0,
        percent: true,
        decimals: 1,
        title: "SAM's gain of test accuracy over SGD",
        subtitle: ["Percentage points with 95 % intervals, not corrected for the number of cells."],
        axes: { rows: `Influence entropy (1: most atypical)`, columns: `Difficulty (${last}: most difficult)` },
        legend: "Gain (percentage points)",
      }),
      placebo: report.curve({ gain: stats.asMetrics({ comparisons: gains.placebo }) }, {
        x: "slice",
        lines: "measure",
        slices: Array.from({ length: last }, (_, i) => `difficulty ${i + 1}`),
        labels: { accuracy: "SAM - SGD" },
        percent: true,
        title: "The placebo: SAM's gain by difficulty alone",
        axes: { x: `Difficulty (${last}: most difficult)`, y: "Gain (percentage points)" },
      }),
      cells: report.comparisonTable({ comparisons: gains.cells }, { labels }),
    };
  },
});

function cells(groups: number): string[] {
  const numbers = Array.from({ length: groups }, (_, i) => i + 1);
  return numbers.flatMap((entropy) => numbers.map((difficulty) => `entropy ${entropy}, difficulty ${difficulty}`));
}
