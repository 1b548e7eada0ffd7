/**
 * @file All scores of single examples against each other, on one zoo: is memorization the same thing as exposure to attacks,
 * and do cheap proxies find it? The zoo is that of table 1's baseline, the attacks are those of the pipeline `attacks`.
 */
import { attack, optimizerSpec, pipeline, predict, report, score, stats, z } from "../mod.ts";
import { dataAndMasks, optimizersAt, zooOf, zooParams, zooPresets } from "./shared/study.ts";

const common = { optimizer: optimizersAt(0.01).sgd, variance: "global" } as const;

export default pipeline("metric-agreement", {
  source:
    "Kim et al., arXiv 2310.00488 (review 5, W1); Feldman & Zhang, arXiv 2008.03703; Garg et al., arXiv 2307.05831",
  params: z.object({
    ...zooParams,
    optimizer: optimizerSpec,
    variance: attack.lira.params.shape.variance,
    directions: score.curvature.params.shape.directions,
  }),
  presets: {
    tiny: { ...zooPresets.tiny, ...common },
    default: { ...zooPresets.default, ...common },
    paper: { ...zooPresets.paper, optimizer: optimizersAt(0.1).sgd, variance: "per-example" },
  },
  graph(p) {
    const sets = dataAndMasks(p);
    const { data, masks } = sets;
    const { models, logits } = zooOf(sets, p, p.optimizer);
    const zoo = { masks, logits, data };
    const mirrored = { ...zoo, logits: predict({ models, data }, { views: "mirror" }).as("mirrored") };
    const lira = attack.lira(mirrored, { variance: p.variance });
    const rmia = attack.rmia(zoo);
    const { model, optimizer, epochs, batch, schedule, augment } = p;
    const training = score.forgetting(sets, { model, optimizer, epochs, batch, schedule, augment });
    const curvature = score.curvature({ models, data }, { directions: p.directions });

    const scores = {
      memorization: score.memorization(zoo),
      confidence: score.confidenceMemorization(zoo).as("log-confidence"),
      consistency: score.cScore(zoo),
      lira: score.vulnerability({ attack: lira }).as("lira-vulnerability"),
      rmia: score.vulnerability({ attack: rmia }).as("rmia-vulnerability"),
      risk: score.exposure({ attack: attack.riskScore(zoo) }).as("risk"),
      curvature: score.overModels({ scores: curvature, masks }, { of: "members" }).as("member-curvature"),
      training: score.overModels({ scores: training, masks }, { of: "members" }).as("learning"),
    };
    const entropy = score.influenceEntropy({ influence: score.influence(zoo), data });
    const tests = {
      entropy,
      difficulty: score.difficulty(zoo),
      curvature: score.overModels({ scores: curvature, masks }).as("test-curvature"),
    };
    // Scores of one zoo share its accidents; halves share no target.
    const halves = {
      "memorization/even": score.memorization(zoo, { models: "even" }).as("memorization-even"),
      "memorization/odd": score.memorization(zoo, { models: "odd" }).as("memorization-odd"),
      "confidence/even": score.confidenceMemorization(zoo, { models: "even" }).as("log-confidence-even"),
      "confidence/odd": score.confidenceMemorization(zoo, { models: "odd" }).as("log-confidence-odd"),
      "lira/even": score.vulnerability({ attack: lira }, { models: "even" }).as("lira-even"),
      "lira/odd": score.vulnerability({ attack: lira }, { models: "odd" }).as("lira-odd"),
      "rmia/even": score.vulnerability({ attack: rmia }, { models: "even" }).as("rmia-even"),
      "rmia/odd": score.vulnerability({ attack: rmia }, { models: "odd" }).as("rmia-odd"),
    };

    const order = [...Object.keys(scores).slice(0, -1), "training forgetting events", "training learned at"];
    const train = stats.correlateScores({ scores: { ...scores, ...halves } }, { order }).as("agreement");
    const test = stats.correlateScores({ scores: tests }, { order: ["entropy", "difficulty", "curvature"] }).as(
      "tests",
    );

    const labels = {
      memorization: "Memorization",
      confidence: "Memorization, log-confidence",
      consistency: "C-score",
      lira: "LiRA vulnerability",
      rmia: "RMIA vulnerability",
      risk: "Privacy risk score",
      curvature: "Loss curvature",
      "training forgetting events": "Forgetting events",
      "training learned at": "Learned at epoch",
      entropy: "Influence entropy",
      difficulty: "Difficulty",
    };
    const shown = { metrics: ["spearman"], labels, middle: 0, range: [-1, 1] as [number, number] };
    const caption = "Spearman's correlation over examples.";
    const subtitle = [
      `Spearman's correlation over examples with its 95 % interval over them; one zoo of ${p.members}.`,
    ];
    const about = { from: "agreement", unit: "correlation" };
    function ask(question: string, asked: string, measure: string, slice: string, expect: "above" | "below", than = 0) {
      const quantity = `Spearman's correlation of ${labels[measure as "lira"]} and ${labels[slice as "lira"]}`;
      return { ...about, question, asked, row: { measure, metric: "spearman", slice }, expect, than, quantity };
    }
    const findings = stats.findings({ numbers: { agreement: train }, differences: {} }, {
      questions: [
        ask("Are memorized examples those that LiRA finds?", "R5-W1", "memorization", "lira", "above"),
        ask("Is their correlation above 0.5?", "R5-W1", "memorization", "lira", "above", 0.5),
        {
          ...ask("And when both are measured on models of their own?", "R5-W1", "memorization", "lira", "above"),
          row: { measure: "memorization", metric: "spearman of halves", slice: "lira" },
          quantity: "Spearman's correlation of Memorization and LiRA vulnerability, from halves that share no target",
        },
        ask("Are memorized examples those that RMIA finds?", "R5-W1", "memorization", "rmia", "above"),
        ask("Do memorized examples have a high privacy risk score?", "R5-W1", "memorization", "risk", "above"),
        ask("Do both definitions of memorization agree?", "R5-W1", "memorization", "confidence", "above", 0.5),
        ask(
          "Is memorization difficulty (a low C-score)?",
          "R2-10, R5-W1",
          "memorization",
          "consistency",
          "below",
          -0.5,
        ),
        ask("Is curvature a proxy of memorization?", "R3-W2", "memorization", "curvature", "above"),
        ask(
          "Are forgetting events a proxy of memorization?",
          "R3-W2",
          "memorization",
          "training forgetting events",
          "above",
        ),
      ],
    });
    return {
      findings,
      answers: report.findingsTable({ findings: { "metric-agreement": findings } }),
      table: report.matrix({ train }, { metrics: ["spearman"], labels, caption: [caption] }),
      corrected: report.matrix({ train }, {
        metrics: ["spearman corrected"],
        labels,
        caption: ["Spearman's correlation of estimates from halves of the zoo, corrected for their reliability."],
      }).as("corrected"),
      testTable: report.matrix({ test }, { metrics: ["spearman"], labels, caption: [caption] }).as("test-table"),
      agreement: report.heatMap({ train }, { ...shown, title: "Agreement of scores, training examples", subtitle }),
      tests: report.heatMap({ test }, { ...shown, title: "Agreement of scores, test examples", subtitle }).as(
        "test-map",
      ),
    };
  },
});
