/**
 * @file Table 2 of "On Memorization and Privacy Risks of Sharpness Aware Minimization": SharpReg, and, as its reviewers
 * ask, other defences on the same masks: L2, dropout, early stopping, label smoothing, differential privacy. Accuracy, its
 * cost by bucket of test examples, and success of attacks. Defences of outputs alone, such as MemGuard, are not here.
 */
import { each, pick, pipeline, report, stats, z } from "../mod.ts";
import { defenceParams, familyOf, LIRA, studyDefences } from "./shared/defences.ts";
import { privately, type PrivatePlan, privatePlans } from "./shared/private.ts";
import { optimizersAt, zooPresets } from "./shared/study.ts";
import type { VariantInput } from "./shared/variants.ts";

interface Sweep {
  readonly as: readonly number[];
  readonly l2: readonly number[];
  readonly epochs: readonly number[];
  /** Without it no dropout: the residual networks here have none. */
  readonly dropout?: VariantInput["model"];
  readonly plan: PrivatePlan;
}

function defences(lr: number, { as, l2, epochs, dropout, plan }: Sweep): Record<string, VariantInput> {
  const { sgd, sam, sharpReg } = optimizersAt(lr);
  const named = <T, V>(family: string, values: readonly T[], make: (value: T) => V) =>
    Object.fromEntries(values.map((value) => [`${family} ${value}`, make(value)]));
  return {
    none: { optimizer: sgd },
    sam: { optimizer: sam },
    ...named("SharpReg", as, (a) => ({ optimizer: { ...sharpReg, a } })),
    ...named("L2", l2, (weightDecay) => ({ optimizer: { ...sgd, weightDecay } })),
    ...named("early-stop", epochs, (epochs) => ({ optimizer: sgd, epochs })),
    ...(dropout === undefined ? {} : { "dropout 0.5": { optimizer: sgd, model: dropout } }),
    "label-smoothing 0.1": { optimizer: sgd, labelSmoothing: 0.1 },
    "DP-SGD 8": privately("dpSgd", plan, "8"),
  };
}

export default pipeline("table2", {
  source:
    "Kim et al., arXiv 2310.00488, Table 2: the protocol; SharpReg is our reading; Aerni et al., arXiv 2404.17399",
  params: z.object({
    ...defenceParams,
    paperDefence: z.string().default("SharpReg -0.5").describe("The one that the paper's claims are about"),
  }),
  presets: {
    tiny: {
      ...zooPresets.tiny,
      models: 4,
      defences: defences(0.01, {
        as: [-0.5, -1],
        l2: [0.02],
        epochs: [4, 8],
        dropout: { kind: "cnn", dropout: 0.5 },
        plan: privatePlans.tiny,
      }),
    },
    default: {
      ...zooPresets.default,
      models: 8,
      defences: defences(0.01, {
        as: [-0.25, -0.5, -1],
        l2: [0.005, 0.02],
        epochs: [5, 10],
        dropout: { kind: "cnn", dropout: 0.5 },
        plan: privatePlans.default,
      }),
    },
    paper: {
      ...zooPresets.paper,
      models: 64,
      defences: defences(0.1, {
        as: [-0.1, -0.25, -0.5, -1],
        l2: [0.001, 0.002, 0.005],
        epochs: [25, 50, 100],
        plan: privatePlans.paper,
      }),
    },
  },
  graph(p) {
    const { rows, byBucket, gains, leaks, cost } = studyDefences(p, "none");
    const others = Object.keys(p.defences).filter((name) => name !== "none");

    // Every setting of a knob together: which knob buys the most privacy for its accuracy? It takes several settings.
    const families = [...Map.groupBy(others, familyOf)].filter(([, settings]) => settings.length > 1);
    const pools = each(Object.fromEntries(families), (zoos) => {
      const own = Object.fromEntries(zoos.map((name) => [name, pick(rows, name)]));
      return stats.pool({ metrics: report.flatten(own) }, { zoos, stride: p.models });
    });
    const family = familyOf(p.paperDefence);
    const atEqualAccuracy = stats.adjustedDifferences({ metrics: report.flatten(pools) }, {
      y: LIRA,
      x: [{ metric: "test accuracy" }],
      reference: family,
    });

    const differences = { leaks, cost, gains, atEqualAccuracy };
    const unit = "difference of fractions";
    const findings = stats.findings({ numbers: {}, differences }, {
      questions: [
        {
          question: "Does SharpReg lower the success of the confidence attack (one query)?",
          asked: "paper, R2-13",
          from: "leaks",
          row: { measure: "confidence attack", metric: "balanced accuracy", group: p.paperDefence },
          expect: "below" as const,
        },
        {
          question: "Does SharpReg lower the success of the augmentation attack (several queries, labels alone)?",
          asked: "paper, R2-13",
          from: "leaks",
          row: { measure: "augmentation attack", metric: "balanced accuracy", group: p.paperDefence },
          expect: "below" as const,
        },
        {
          question: "Does SharpReg lower the success of LiRA?",
          asked: "R2-1, R5-W2",
          from: "leaks",
          row: { ...LIRA, group: p.paperDefence },
          expect: "below" as const,
        },
        {
          question: "Does SharpReg cost test accuracy?",
          asked: "paper, R5-W2",
          from: "cost",
          row: { metric: "test accuracy", group: p.paperDefence },
          expect: "below" as const,
        },
        ...families.filter(([name]) => name !== family).map(([name]) => ({
          question:
            `Is SharpReg the better defence than ${name} at equal test accuracy: does ${name} leak more to LiRA?`,
          asked: "R2-1, R4-Q2, R5-W2",
          from: "atEqualAccuracy",
          row: { group: name },
          expect: "above" as const,
        })),
        ...others.filter((name) => name !== "sam").map((name) => ({
          question: `Does ${name} cost more accuracy on atypical test examples than on typical ones?`,
          asked: "R3-W",
          from: "gains",
          row: { slice: "bucket 1 - bucket 5", group: name },
          expect: "below" as const,
        })),
      ].map((question) => ({ ...question, unit })),
    });

    // SharpReg's weight a is 0 for SGD and 1 for SAM (of its radius): one knob from sharp to flat.
    const sharp = others.filter((name) => familyOf(name) === family).map((
      name,
    ) => [name.slice(family.length + 1), name]);
    const knob = Object.fromEntries(
      [...sharp, ["0", "none"], ["1", "sam"]].map(([a, name]) => [`a = ${a}`, pick(rows, name!)]),
    );
    const labels = { none: "No defence (SGD)", sam: "SAM" };
    const heading = "Defence";
    return {
      findings,
      answers: report.findingsTable({ findings: { table2: findings } }),
      table: report.table(rows, {
        labels,
        heading,
        caption: "Accuracy, and success of membership inference by defence",
      }),
      references: report.attackTable(rows, {
        labels,
        heading,
        metrics: ["auc", "tpr@fpr=0.01", "tpr@fpr=0.001"],
        caption: "Success of attacks at few false positives, by defence",
      }),
      leaks: report.comparisonTable({ comparisons: leaks }, { labels, heading }),
      costByBucket: report.comparisonTable({ comparisons: gains }, { labels, heading }).as("cost-by-bucket"),
      accuracyByBucket: report.accuracyByBucket(byBucket, { labels, heading, reference: "none" }),
      knob: report.curve(knob, {
        x: "group",
        lines: "measure",
        measures: ["accuracy", "confidence attack", "augmentation attack", "LiRA online, global variance"],
        metrics: ["test accuracy", "auc"],
        percent: true,
        labels: {
          "accuracy": "test accuracy",
          "confidence attack": "AUC, confidence attack",
          "augmentation attack": "AUC, augmentation attack",
          "LiRA online, global variance": "AUC, LiRA",
        },
        title: "From sharp to flat: accuracy and success of attacks by SharpReg's weight",
        subtitle: ["0 is SGD, 1 is SAM, below 0 seeks sharp minima. Means over models with 95 % intervals."],
        axes: { x: "Weight a of the gradient nearby", y: "Per cent" },
      }).as("knob"),
      frontier: report.scatter(rows, {
        x: { metric: "test accuracy" },
        y: LIRA,
        percent: true,
        labels,
        families: Object.fromEntries(
          Object.keys(p.defences).map((name) => [name, labels[name as "none"] ?? familyOf(name)]),
        ),
        heading,
        title: "What a defence costs and what it prevents",
        subtitle: ["Means over models with 95 % intervals. Down and to the right is better."],
        axes: { x: "Test accuracy (%)", y: "AUC of LiRA (%)" },
      }),
    };
  },
});
