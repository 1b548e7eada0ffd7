/**
 * @file Attacks that see labels only beside those that see confidences, on the same targets: a reviewer found SAM the safer
 * one under the former and the more exposed one under the latter. Distances of members and non-members to the boundary.
 */
import { attack, each, pipeline, predict, report, stats, z } from "../mod.ts";
import { dataAndMasks, studyParams, studyPresets, zooOf } from "./shared/study.ts";

const { sgd, sam } = studyPresets.tiny.optimizers;

export default pipeline("label-only", {
  source:
    "Choquette-Choo et al., arXiv 2007.14321; Chen et al., arXiv 1904.02144; Kim et al., arXiv 2310.00488, Table 1",
  params: z.object({
    ...studyParams,
    examples: z.int().positive().describe("Examples that are asked about many times"),
    budget: z.int().positive().describe("Queries about one of them for its distance to the boundary"),
    copies: z.int().positive().describe("Noisy copies of each"),
  }),
  presets: {
    tiny: { ...studyPresets.tiny, optimizers: { sgd, sam }, examples: 60, budget: 250, copies: 50 },
    default: { ...studyPresets.default, optimizers: { sgd, sam }, examples: 300, budget: 500, copies: 100 },
    paper: { ...studyPresets.paper, examples: 2500, budget: 10_000, copies: 5000 },
  },
  graph(p) {
    const sets = dataAndMasks(p);
    const { data, masks } = sets;
    const { examples, budget, copies } = p;

    const attacks = each(p.optimizers, (optimizer) => {
      const { models, logits } = zooOf(sets, p, optimizer);
      const zoo = { masks, logits, data };
      const shifts = predict({ models, data }, { views: "shifts" }).as("shifts");
      const turned = predict({ models, data }, { views: { kind: "rotations", degrees: 9 } }).as("rotations");
      const noisy = attack.noiseRobustness({ models, data }, { examples, copies });
      const distance = attack.boundaryDistance({ models, data }, { examples, budget });
      // Distances are of few examples a class: one threshold for all.
      const threshold = { threshold: "global" } as const;
      return {
        correctness: attack.correctness(zoo),
        confidence: attack.confidence(zoo),
        entropy: attack.entropy(zoo),
        modifiedEntropy: attack.modifiedEntropy(zoo),
        shifts: attack.augmentation({ ...zoo, logits: shifts }),
        rotations: attack.augmentation({ ...zoo, logits: turned }, { by: "rotations" }).as("by-rotations"),
        noise: attack.noise({ masks, robustness: noisy, data }, threshold),
        boundary: attack.boundary({ masks, robustness: distance, data }, threshold),
      };
    });
    const success = each(
      attacks,
      (byName) => Object.values(each(byName, (attack) => stats.attackSuccess({ attack, data }))),
    );
    const all = stats.byGroup(attacks);
    const comparisons = stats.compareAttacks({ attacks: all }, {
      reference: p.baseline,
      metrics: ["balanced accuracy", "auc"],
    });
    const distances = stats.byGroup(each(attacks, ({ boundary }) => ({ boundary })));

    const labels = { sgd: "SGD", sam: "SAM", swa: "SWA", sharpReg: "SharpReg" };
    const findings = stats.findings({ numbers: {}, differences: { comparisons } }, {
      questions: [
        ["augmentation attack", "Is SAM safer under the label-only attack by shifts?", "below"],
        ["augmentation attack by rotations", "Is it safer under rotations?", "below"],
        ["noise attack", "Is it safer under noise?", "below"],
        ["boundary attack", "Are members of SAM less far from the boundary than non-members, against SGD?", "below"],
        ["confidence attack", "Is SAM more exposed when confidences are seen?", "above"],
        ["modified entropy attack", "Is it more exposed to the modified entropy attack?", "above"],
      ].map(([measure, question, expect]) => ({
        question: question!,
        asked: "R1-W2, R3-Q2",
        from: "comparisons",
        row: { measure: measure!, metric: "balanced accuracy", group: "sam" },
        expect: expect as "above" | "below",
        unit: "difference of fractions",
      })),
    });
    return {
      findings,
      answers: report.findingsTable({ findings: { "label-only": findings } }),
      table: report.attackTable(success, {
        labels,
        caption: "Success of membership inference by what the attacker sees",
      }),
      differences: report.comparisonTable({ comparisons }, { labels }),
      distances: report.scoreDistributions({ attacks: distances }, {
        labels,
        score: "L2 distance to the boundary (0: wrong)",
        title: "Distance of members and non-members to the decision boundary",
      }),
    };
  },
});
