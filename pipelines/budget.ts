/**
 * @file How many models are enough: rank correlation of memorization and influence entropy from few models with the same
 * from all others, and what proxies from one model come to.
 */
import { each, optimizerSpec, pipeline, report, score, stats, takeMasks, train, z } from "../mod.ts";
import { dataAndMasks, optimizersAt, zooOf, zooParams, zooPresets } from "./shared/study.ts";

const optimizer = optimizersAt(0.01).sgd;

export default pipeline("budget", {
  source:
    "Kim et al., arXiv 2310.00488 (review 3, W2); Feldman & Zhang, arXiv 2008.03703; Garg et al., arXiv 2307.05831",
  params: z.object({
    ...zooParams,
    optimizer: optimizerSpec,
    sizes: score.budget.params.shape.sizes,
    repeats: score.budget.params.shape.repeats,
    enough: z.number().gt(0).lt(1).default(0.8).describe("The correlation that counts as enough"),
  }),
  presets: {
    tiny: { ...zooPresets.tiny, optimizer, members: 16, sizes: [4, 8] },
    default: { ...zooPresets.default, optimizer, members: 32, sizes: [4, 8, 16] },
    paper: { ...zooPresets.paper, optimizer: optimizersAt(0.1).sgd, members: 512, sizes: [8, 16, 32, 64, 128, 256] },
  },
  graph(p) {
    const sets = dataAndMasks(p);
    const { data, masks } = sets;
    const { logits } = zooOf(sets, p, p.optimizer);
    const zoo = { masks, logits, data };
    const { sizes, repeats } = p;
    const budgets = {
      memorization: score.budget(zoo, { sizes, repeats }),
      confidence: score.budget(zoo, { score: "log-confidence memorization", sizes, repeats }).as("confidence-budget"),
      entropy: score.budget(zoo, { score: "influence entropy", sizes, repeats }).as("entropy-budget"),
    };

    // Proxies from a single training: the zoo's first. Its members are half of the examples.
    const one = takeMasks({ masks }, { count: 1 });
    const { model, optimizer, epochs, batch, schedule, augment } = p;
    const how = { model, optimizer, epochs, batch, schedule, augment };
    const first = train({ data, masks: one }, how).as("first");
    const bends = score.curvature({ models: first, data });
    const learning = score.forgetting({ data, masks: one }, how);
    const proxies = stats.correlateScores({
      scores: {
        memorization: score.memorization(zoo),
        curvature: score.overModels({ scores: bends, masks: one }, { of: "members" }).as("curvature-of-one"),
        learning: score.overModels({ scores: learning, masks: one }, { of: "members" }).as("learning-of-one"),
      },
    }, { kinds: ["spearman"] });
    const ofOne = {
      curvature: "curvature",
      forgetting: "learning forgetting events",
      learned: "learning learned at",
    };
    const references = each(ofOne, (slice, name) =>
      stats.pickRows({ metrics: proxies }, {
        of: { measure: "memorization", metric: "spearman", slice },
        as: { metric: "spearman with the rest", slice: "one model" },
      }).as(`${name}-reference`));

    const labels = {
      memorization: "Memorization",
      confidence: "Memorization, log-confidence",
      entropy: "Influence entropy",
      curvature: "Curvature, one model",
      forgetting: "Forgetting events, one model",
      learned: "Learned at epoch, one model",
    };
    const questions = Object.entries(budgets).flatMap(([name]) =>
      sizes.map((size) => ({
        question: `Are ${size} models enough for ${labels[name as "entropy"].toLowerCase()}?`,
        asked: "R3-W2",
        from: name,
        row: { metric: "spearman with the rest", slice: `${size} models` },
        expect: "above" as const,
        than: p.enough,
        quantity: `Spearman's correlation of ${size} models with the other ${p.members - size}`,
        unit: "correlation",
      }))
    );
    const findings = stats.findings({ numbers: budgets, differences: {} }, { questions });
    const caption = [
      `K models of ${p.members} against the others, over ${repeats} draws; intervals: where one zoo of K may land, models ` +
      "and examples drawn again.",
    ];
    return {
      findings,
      answers: report.findingsTable({ findings: { budget: findings } }),
      table: report.matrix(budgets, {
        rows: "measure",
        columns: "slice",
        metrics: ["spearman with the rest"],
        caption,
      }),
      reliability: report.matrix(budgets, {
        rows: "measure",
        columns: "slice",
        metrics: ["split-half spearman"],
        caption: ["K models against K others: the reliability at K."],
      }).as("reliability"),
      curve: report.curve({ ...budgets, ...references }, {
        metrics: ["spearman with the rest"],
        lines: "group",
        log: true,
        labels,
        title: "How many models are enough?",
        subtitle: [...caption, "Dashed: memorization against what one training shows."],
        axes: { x: "Models (K)", y: "Spearman's correlation with all others" },
      }),
    };
  },
});
