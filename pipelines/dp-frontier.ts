/**
 * @file Differential privacy against everything else: DP-SGD and DP-SAT at several epsilon, SharpReg, L2, early stopping
 * and label smoothing, on the same masks. Accuracy at fixed epsilon (what DP-SAT's paper is about) and success of LiRA at
 * the accuracy that goes with it (what this paper is about); cost by bucket of test examples; whether LiRA stays within
 * each guarantee.
 */
import { each, pick, pipeline, privacy, report, stats, z } from "../mod.ts";
import { defenceParams, familyOf, LIRA, studyDefences } from "./shared/defences.ts";
import { privately, type PrivatePlan, privatePlans } from "./shared/private.ts";
import { optimizersAt, zooPresets } from "./shared/study.ts";
import type { VariantInput } from "./shared/variants.ts";

type Epsilon = keyof PrivatePlan["noise"];

interface Sizes {
  readonly plan: PrivatePlan;
  readonly epsilons: readonly Epsilon[];
  readonly l2: number;
  readonly epochs: number;
}

function defences(lr: number, { plan, epsilons, l2, epochs }: Sizes): Record<string, VariantInput> {
  const { sgd, sam, sharpReg } = optimizersAt(lr);
  return {
    "SGD": { optimizer: sgd },
    "SAM": { optimizer: sam },
    ...Object.fromEntries(epsilons.flatMap((epsilon) => [
      [`DP-SGD ${epsilon}`, privately("dpSgd", plan, epsilon)],
      [`DP-SAT ${epsilon}`, privately("dpSat", plan, epsilon)],
    ])),
    "SharpReg -0.5": { optimizer: sharpReg },
    [`L2 ${l2}`]: { optimizer: { ...sgd, weightDecay: l2 } },
    [`early-stop ${epochs}`]: { optimizer: sgd, epochs },
    "label-smoothing 0.1": { optimizer: sgd, labelSmoothing: 0.1 },
  };
}

const epsilons = ["1", "3", "8"] as const;

export default pipeline("dp-frontier", {
  source: "Abadi et al., arXiv 1607.00133; Park et al., arXiv 2306.05651; Kim et al., arXiv 2310.00488",
  params: z.object({
    ...defenceParams,
    epsilons: z.array(z.string()).min(1).describe("Of the private trainings, which are called DP-SGD 8 and DP-SAT 8"),
    delta: z.number().gt(0).lt(1),
  }),
  presets: {
    tiny: {
      ...zooPresets.tiny,
      models: 4,
      epsilons: ["8"],
      delta: privatePlans.tiny.delta,
      defences: defences(0.01, { plan: privatePlans.tiny, epsilons: ["8"], l2: 0.02, epochs: 5 }),
    },
    default: {
      ...zooPresets.default,
      models: 8,
      epsilons: [...epsilons],
      delta: privatePlans.default.delta,
      defences: defences(0.01, { plan: privatePlans.default, epsilons, l2: 0.02, epochs: 5 }),
    },
    paper: {
      ...zooPresets.paper,
      models: 64,
      epsilons: [...epsilons],
      delta: privatePlans.paper.delta,
      defences: defences(0.1, { plan: privatePlans.paper, epsilons, l2: 0.002, epochs: 50 }),
    },
  },
  graph(p) {
    const { zoos, success, rows, byBucket, gains, leaks, cost } = studyDefences(p, "SGD");
    const spent = each(zoos, ({ models }) => privacy.trainingEpsilon({ models }, { delta: p.delta }));

    // DP-SAT against DP-SGD at the same epsilon.
    const flat = Object.fromEntries(p.epsilons.map((epsilon) => {
      const [of, reference] = [`DP-SAT ${epsilon}`, `DP-SGD ${epsilon}`];
      const metrics = report.flatten({ [of]: pick(rows, of), [reference]: pick(rows, reference) });
      const wanted = { reference, metrics: ["test accuracy", "balanced accuracy", "auc"] };
      return [`DP-SAT at ${epsilon}`, stats.compareMeasures({ metrics }, wanted).as(`dp-sat at ${epsilon}`)] as const;
    }));
    const exposure = each(success, ({ lira }) => lira);

    const unit = "difference of fractions";
    const above = { expect: "above" as const, unit };
    const below = { expect: "below" as const, unit };
    const largest = `DP-SGD ${p.epsilons.at(-1)}`;
    const findings = stats.findings({
      numbers: Object.fromEntries(
        p.epsilons.map((epsilon) => [`LiRA ${epsilon}`, pick(exposure, `DP-SGD ${epsilon}`)]),
      ),
      differences: { ...flat, leaks, cost, gains },
    }, {
      questions: [
        ...p.epsilons.map((epsilon) => ({
          ...above,
          question: `Does seeking flat minima help privacy: is DP-SAT more accurate than DP-SGD at epsilon ${epsilon}?`,
          asked: "R2-12",
          from: `DP-SAT at ${epsilon}`,
          row: { measure: "accuracy", metric: "test accuracy" },
        })),
        ...p.epsilons.map((epsilon) => ({
          ...above,
          question: `Does it harm privacy: is DP-SAT more exposed to LiRA than DP-SGD at epsilon ${epsilon}?`,
          asked: "R2-12",
          from: `DP-SAT at ${epsilon}`,
          row: LIRA,
        })),
        {
          ...above,
          question: "Is SAM more exposed to LiRA than SGD, without differential privacy?",
          asked: "paper, R2-12",
          from: "leaks",
          row: { ...LIRA, group: "SAM" },
        },
        {
          ...below,
          question: `Does DP-SGD (${largest}) lower the success of LiRA?`,
          asked: "R2-1, R2-2, R4-Q2, R5-W2",
          from: "leaks",
          row: { ...LIRA, group: largest },
        },
        {
          ...below,
          question: `Does DP-SGD (${largest}) cost test accuracy?`,
          asked: "R2-1, R5-W2",
          from: "cost",
          row: { group: largest },
        },
        ...p.epsilons.map((epsilon) => ({
          ...below,
          question:
            `Does LiRA stay within the guarantee of DP-SGD at epsilon ${epsilon}: is its advantage below (e^ε - 1 + ` +
            `2δ) / (e^ε + 1)?`,
          asked: "R5-W2",
          from: `LiRA ${epsilon}`,
          row: { metric: "advantage" },
          than: (Math.exp(Number(epsilon)) - 1 + 2 * p.delta) / (Math.exp(Number(epsilon)) + 1),
          unit: "advantage",
        })),
        ...Object.keys(p.defences).filter((name) => name !== "SGD").map((name) => ({
          ...below,
          question: `Does ${name} cost more accuracy on atypical test examples than on typical ones?`,
          asked: "R3-W",
          from: "gains",
          row: { slice: "bucket 1 - bucket 5", group: name },
        })),
      ],
    });

    const heading = "Defence";
    const metric = `epsilon at delta=${p.delta}`;
    const names = Object.keys(p.defences);
    const accounted = each(rows, (own, name) => ({ ...own, epsilon: pick(spent, name) }));
    const families = Object.fromEntries(names.map((name) => [name, familyOf(name)]));
    const plain = names.filter((name) => name === "SGD" || name === "SAM" || name.startsWith("DP-"));
    const byEpsilon = Object.fromEntries(plain.map((name) => [name, pick(rows, name)]));
    const curve = { x: "group", lines: "group", log: true, percent: true, labels: families, heading } as const;
    const dashed = "Dashed: without differential privacy.";
    return {
      findings,
      answers: report.findingsTable({ findings: { "dp-frontier": findings } }),
      table: report.table(accounted, {
        heading,
        metrics: ["test accuracy", "train accuracy", metric, "auc"],
        plain: [metric],
        labels: { privacy: "Guarantee", [metric]: "epsilon of a model" },
        caption: `Accuracy, epsilon of one model (delta ${p.delta}, add or remove one example), and AUC of attacks`,
      }),
      accuracyAtEpsilon: report.curve(byEpsilon, {
        ...curve,
        metrics: ["test accuracy"],
        title: "Accuracy at a guarantee",
        subtitle: [dashed],
        axes: { x: "Epsilon", y: "Test accuracy (%)" },
      }).as("accuracy-at-epsilon"),
      exposureAtEpsilon: report.curve(exposure, {
        ...curve,
        groups: plain,
        metrics: ["auc"],
        title: "Success of LiRA at a guarantee",
        subtitle: [dashed],
        axes: { x: "Epsilon", y: "AUC of LiRA (%)" },
      }).as("exposure-at-epsilon"),
      frontier: report.scatter(rows, {
        x: { metric: "test accuracy" },
        y: LIRA,
        percent: true,
        families,
        heading,
        title: "Success of LiRA against accuracy",
        subtitle: ["Means over models with 95 % intervals. Down and to the right is better. DP: by epsilon."],
        axes: { x: "Test accuracy (%)", y: "AUC of LiRA (%)" },
      }),
      accuracyByBucket: report.accuracyByBucket(byBucket, { heading, reference: "SGD" }),
      leaks: report.comparisonTable({ comparisons: leaks }, { heading }),
    };
  },
});
