/**
 * @file The paper's example in the plane (its section 3.1), and the reviewers' variants of it: atypical reds inside the blue
 * cloud, behind the red one, or to the side. Who learns them, who memorizes them, what does one twin in training do, and
 * what do models decide where?
 */
import { attack, bucket, each, load, modelSpec, optimizerSpec, pick, pipeline, predict } from "../mod.ts";
import { report, score, sharpness, stats, subsample, train, z } from "../mod.ts";
import { optimizersAt } from "./shared/study.ts";

const placements = ["overlap", "away", "orthogonal", "none"] as const;
const common = {
  placements,
  // In the plane alone this network does not fit its examples (90 % after 100 epochs); with ten coordinates every one does.
  toy: { dimension: 10, train: 200, test: 1000, separation: 4 },
  model: { kind: "mlp", hidden: [128, 128] },
  optimizers: optimizersAt(0.03),
  batch: 20,
  resolution: 48,
} as const;

export default pipeline("toy", {
  source: "Kim et al., arXiv 2310.00488, section 3.1: the set-up; sizes, models and hyperparameters are ours",
  params: z.object({
    placements: z.array(z.enum(placements)).min(1).readonly().describe("Where the atypical reds are"),
    toy: load.toy2d.params.omit({ placement: true }),
    members: z.int().min(4).describe("Models of each optimizer, each with a seed and half of the examples of its own"),
    model: modelSpec,
    optimizers: z.record(z.string(), optimizerSpec),
    baseline: z.string().default("sgd").describe("The optimizer that the others are compared with"),
    epochs: z.int().positive(),
    batch: z.int().positive(),
    resolution: z.int().min(2).describe("Points along each axis of the figures"),
  }),
  presets: {
    tiny: { ...common, placements: ["overlap", "away"], members: 20, epochs: 200, resolution: 32 },
    default: { ...common, members: 40, epochs: 200 },
    paper: { ...common, toy: { ...common.toy, train: 2000, twins: 20 }, members: 200, epochs: 200 },
  },
  graph(p) {
    const { model, epochs, batch, resolution, toy: { separation, dimension } } = p;
    const grid = load.toyGrid({ separation, dimension, resolution, extent: 1.75 * separation });
    const labels = { sgd: "SGD", sam: "SAM", swa: "SWA", sharpReg: "SharpReg" };
    const placed = Object.fromEntries(p.placements.map((placement) => [placement, placement]));
    const studies = each(placed, (placement) => {
      const data = load.toy2d({ ...p.toy, placement });
      const masks = subsample({ data }, { design: "exact-half", members: p.members, seed: 1 });
      const strata = bucket.byGroup({ data });
      const zoos = each(p.optimizers, (optimizer) => {
        const models = train({ data, masks }, { model, optimizer, epochs, batch, schedule: { kind: "cosine" } });
        const zoo = { masks, logits: predict({ models, data }), data };
        const sharp = { models: sharpness.withMembers({ models, masks }), data };
        return {
          accuracy: stats.accuracy(zoo),
          groups: stats.byStratum({ ...zoo, strata }),
          twins: stats.twinEffect(zoo),
          // Half of 200 examples are too few for a threshold a class.
          attack: stats.attackSuccess({ attack: attack.confidence(zoo, { threshold: "global" }), data }),
          rank: sharpness.metrics({ sharpness: sharpness.featureRank(sharp, { examples: 64 }) }),
          region: score.meanProbability({ logits: predict({ models, data: grid }).as("on-grid") }, { class: 0 }),
        };
      });
      const rows = each(zoos, ({ region: _, ...metrics }) => metrics);
      const differences = stats.compareMeasures({ metrics: report.flatten(rows) }, {
        reference: p.baseline,
        metrics: ["test accuracy", "memorization", "balanced accuracy", "effect", "feature rank"],
      });
      const regions = report.decisionRegions({ regions: each(zoos, ({ region }) => region), grid, data }, {
        separation,
        groups: Object.keys(p.optimizers),
        labels,
        title: `Atypical reds: ${placement}`,
      });
      const subpopulations = report.table(rows, {
        metrics: ["test accuracy", "memorization"],
        slice: "atypical red",
        labels,
        caption: `Atypical reds, placed "${placement}": accuracy on test points, memorization of training points`,
      }).as("atypical");
      const effects = report.table(rows, {
        metrics: [
          "test accuracy",
          "train accuracy",
          "balanced accuracy",
          "with twin",
          "without twin",
          "effect",
          "never seen",
        ],
        labels,
        caption: `All examples, and twins; atypical reds placed "${placement}"`,
      });
      const changes = report.comparisonTable({ comparisons: differences }, {
        labels,
        first: "Measure",
        resampled: "models",
      });
      return { metrics: rows, differences, regions, subpopulations, effects, changes };
    });

    const questions = p.placements.flatMap((placement) => {
      const sam = (measure: string, metric: string, slice: string, asked: string, question: string) => ({
        question: `${placement}: ${question}`,
        asked,
        from: placement,
        row: { group: "sam", measure, metric, slice },
        expect: "above" as const,
        unit: "difference of fractions",
      });
      return [
        sam("accuracy", "test accuracy", "atypical red", "paper, R1-W1", "Is SAM better on atypical points?"),
        sam("accuracy", "memorization", "atypical red", "paper, R1-W1", "Does SAM memorize atypical points more?"),
        sam("confidence attack", "balanced accuracy", "all", "R1-W1", "Is SAM more exposed?"),
        sam("twin", "effect", "all", "R4-c", "Does a twin in training help SAM more?"),
        {
          question: `${placement}: Does a twin in training help at all?`,
          asked: "R4-c",
          from: `${placement} twins`,
          row: { measure: "twin", metric: "effect" },
          expect: "above" as const,
          unit: "difference of fractions",
        },
      ];
    });
    const named = Object.fromEntries(
      Object.entries(studies).map(([name, { metrics }]) => [`${name} twins`, pick(metrics, p.baseline).twins]),
    );
    const findings = stats.findings({ numbers: named, differences: each(studies, ({ differences }) => differences) }, {
      questions,
    });
    const documents = Object.entries(studies).flatMap(([name, { regions, subpopulations, effects, changes }]) => [
      [`${name}-regions`, regions],
      [`${name}-atypical`, subpopulations],
      [`${name}-twins`, effects],
      [`${name}-differences`, changes],
    ]);
    return {
      findings,
      answers: report.findingsTable({ findings: { toy: findings } }),
      ...Object.fromEntries(documents),
    };
  },
});
