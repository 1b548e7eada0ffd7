/**
 * @file Membership inference by every attack on one query or one reference zoo: the zoos of table 1 (the same parameters
 * share its cached models), a table with intervals over models and examples, paired differences to the first optimizer,
 * and ROC curves at few false positives.
 */
import { attack, each, pick, pipeline, predict, report, score, stats, z } from "../mod.ts";
import { dataAndMasks, studyParams, studyPresets, zooOf } from "./shared/study.ts";

function optimizersOf({ sgd, sam }: typeof studyPresets[keyof typeof studyPresets]["optimizers"]) {
  return { sgd, sam };
}

export default pipeline("attacks", {
  source: "Carlini et al., arXiv 2112.03570; Zarifzadeh et al., arXiv 2312.03262; Song & Mittal, arXiv 2003.10595",
  params: z.object({ ...studyParams, variance: attack.lira.params.shape.variance }),
  presets: {
    tiny: { ...studyPresets.tiny, optimizers: optimizersOf(studyPresets.tiny.optimizers), variance: "global" },
    default: { ...studyPresets.default, optimizers: optimizersOf(studyPresets.default.optimizers), variance: "global" },
    paper: { ...studyPresets.paper, optimizers: optimizersOf(studyPresets.paper.optimizers), variance: "per-example" },
  },
  graph(p) {
    const sets = dataAndMasks(p);
    const { data, masks } = sets;
    const zoos = each(p.optimizers, (optimizer) => {
      const { models, logits } = zooOf(sets, p, optimizer);
      return { models, zoo: { masks, logits, data } };
    });
    const attacks = each(zoos, ({ models, zoo }) => {
      const mirrored = { ...zoo, logits: predict({ models, data }, { views: "mirror" }).as("mirrored") };
      return {
        loss: attack.loss(zoo),
        modifiedEntropy: attack.modifiedEntropy(zoo),
        risk: attack.riskScore(zoo),
        lira: attack.lira(mirrored, { variance: p.variance }),
        liraOffline: attack.lira(mirrored, { variant: "offline", variance: p.variance, tail: "one-sided" }).as(
          "offline",
        ),
        rmia: attack.rmia(zoo),
        rmiaOffline: attack.rmia(zoo, { variant: "offline" }).as("rmia-offline"),
        quantile: attack.quantile(zoo),
      };
    });

    const success = each(
      attacks,
      (byName) => Object.values(each(byName, (attack) => stats.attackSuccess({ attack, data }))),
    );
    const { zoo } = pick(zoos, p.baseline);
    const memorization = score.memorization(zoo);
    const byMemorization = each(
      attacks,
      ({ lira }) => stats.attackSuccessByScore({ attack: lira, scores: memorization }),
    );

    const labels = { sgd: "SGD", sam: "SAM" };
    const all = stats.byGroup(attacks);
    const comparisons = stats.compareAttacks({ attacks: all }, { reference: p.baseline });
    const [other = ""] = Object.keys(p.optimizers).filter((name) => name !== p.baseline);
    const findings = stats.findings({ numbers: {}, differences: { comparisons } }, {
      questions: [
        {
          attack: "LiRA online",
          metric: "auc",
          question: "Does SAM leak more than SGD to the likelihood-ratio attack?",
        },
        { attack: "LiRA online", metric: "tpr@fpr=0.01", question: "Does it at a false positive rate of 1 %?" },
        { attack: "RMIA online", metric: "auc", question: "Does SAM leak more than SGD to RMIA?" },
        {
          attack: "modified entropy attack",
          metric: "balanced accuracy",
          question: "Does it to the modified entropy attack?",
        },
      ].map(({ attack, metric, question }) => ({
        question,
        asked: "paper, R5-Q, 2026-R1",
        from: "comparisons",
        row: { measure: attack, metric, group: other },
        expect: "above" as const,
        unit: "difference of fractions",
      })),
    });
    return {
      findings,
      answers: report.findingsTable({ findings: { attacks: findings } }),
      table: report.attackTable(success, { labels }),
      differences: report.comparisonTable({ comparisons }, { labels }),
      byMemorization: report.attackTable(byMemorization, {
        slice: "memorization 5",
        labels,
        caption: "Success of membership inference on the fifth of the examples that the baseline memorizes most",
      }).as("by-memorization"),
      roc: report.rocCurves({ attacks: all }, { labels, groups: Object.keys(p.optimizers) }),
    };
  },
});
