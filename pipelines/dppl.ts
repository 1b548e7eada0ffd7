/**
 * @file Private prototypes: what classes of different sizes lose to differential privacy, by DPPL's prototypes, by linear probing
 * and by least squares, on embeddings of encoders that were trained on a disjoint public part of the data. Pure epsilon and
 * zCDP are different promises: they have tables and figures of their own.
 */
import {
  each,
  embed,
  load,
  modelSpec,
  optimizerSpec,
  pipeline,
  privacy,
  report,
  select,
  subsample,
  train,
  z,
} from "../mod.ts";

const encoder = { kind: "cnn", dense: [64] } as const;
const zcdp = {
  "mean": { kind: "mean" },
  "coinPress": { kind: "coinPress" },
  "public": { kind: "public" },
  "public top 5": { kind: "public", k: 5 },
  "linear probe": { kind: "linearProbe" },
  "least squares": { kind: "leastSquares" },
} as const;
const { mean, public: one, "public top 5": five, "least squares": squares } = zcdp;
const methods = { zcdp, pure: { "mean": mean, "public": one, "public top 5": five, "least squares": squares } };
const common = {
  dataset: "mnist",
  encoder,
  optimizer: { kind: "adam", lr: 0.001 },
  ratio: 10,
  relation: "add-remove",
  methods,
  delta: 1e-5,
} as const;

const METRICS = { balanced: "balanced test accuracy", minority: "minority test accuracy" };
const labels = {
  "mean": "DPPL-Mean",
  "coinPress": "DPPL-Mean, CoinPress",
  "public": "DPPL-Public",
  "public top 5": "DPPL-Public, top 5",
  "linear probe": "DP linear probing",
  "least squares": "DP least squares",
  "not private": "Class means, not private",
};

export default pipeline("dppl", {
  source: "Wahdany, Jagielski, Dziedzic & Boenisch, arXiv 2406.08039",
  params: z.object({
    dataset: z.enum(["mnist", "fashionMnist", "cifar10"]).describe("Which images"),
    train: z.int().min(20).describe("Training examples: half are public, and train the encoders"),
    test: z.int().positive(),
    encoders: z.int().positive().describe("Encoders, each trained on a random nine tenths of the public half"),
    encoder: modelSpec,
    optimizer: optimizerSpec,
    epochs: z.int().positive(),
    ratio: z.number().min(1).describe("Size of the largest private class over that of the smallest"),
    relation: z.enum(["add-remove", "replace-one"]).describe("Who are neighbours"),
    candidates: z.int().positive().optional().describe("Public examples to choose prototypes among; all if left out"),
    methods: z.object({
      zcdp: z.record(z.string(), privacy.methodSpec),
      pure: z.record(z.string(), privacy.methodSpec),
    }).describe("By the promise that they are released under"),
    rhos: z.array(z.number().positive()).min(1).describe("Of zCDP"),
    epsilons: z.array(z.number().positive()).min(1).describe("Of pure differential privacy"),
    draws: z.int().positive().describe("Releases of each kind, for each encoder"),
    delta: z.number().gt(0).lt(1).describe("At which the table says what a rho comes to"),
  }),
  presets: {
    tiny: {
      ...common,
      ...{ train: 2000, test: 500, encoders: 3, epochs: 4, candidates: 300, draws: 3 },
      ...{ rhos: [0.01, 0.1, 1], epsilons: [0.1, 1, 10] },
    },
    default: {
      ...common,
      ...{ train: 20_000, test: 5000, encoders: 5, epochs: 5, candidates: 1000, draws: 5 },
      ...{ rhos: [0.0001, 0.001, 0.01, 0.1, 1], epsilons: [0.01, 0.03, 0.1, 0.3, 1, 3, 10] },
    },
    paper: {
      ...common,
      dataset: "cifar10",
      encoder: { kind: "resNet18" },
      optimizer: { kind: "sgd", lr: 0.05, weightDecay: 5e-4 },
      ...{ train: 50_000, test: 10_000, encoders: 5, epochs: 100, ratio: 100, draws: 10 },
      rhos: [0.00005, 0.0005, 0.005, 0.05, 0.5, 5, 50],
      epsilons: [0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    },
  },
  graph({ dataset, relation, draws, candidates, delta, methods, rhos, epsilons, ...p }) {
    const images = load[dataset]({ train: p.train, test: p.test });
    const parts = { parts: { public: 0.5, private: 0.5 }, seed: 1 };
    const shown = select.part({ data: images }, { ...parts, part: "public" }).as("public");
    const half = select.part({ data: images }, { ...parts, part: "private" }).as("private");
    const own = select.classImbalance({ data: half }, { ratio: p.ratio, order: "random", seed: 1 });

    const masks = subsample({ data: shown }, { design: { fraction: 0.9 }, members: p.encoders, seed: 1 });
    const models = train({ data: shown, masks }, { model: p.encoder, optimizer: p.optimizer, epochs: p.epochs });
    const embeddings = privacy.prepare({
      own: embed({ models, data: own }).as("embed-private"),
      candidates: embed({ models, data: shown }).as("embed-public"),
    });

    const people = { data: `${dataset}, private half`, classes: 10, relation, draws, ...candidates && { candidates } };
    const means = privacy.classMeans({ embeddings }, { classes: 10 });
    function rowsOf(under: typeof methods.zcdp, budgets: readonly privacy.Budget[]) {
      // Numbered, so that columns stand in this order.
      const named = Object.fromEntries(budgets.map((budget, i) => [`${i + 1} ${nameOf(budget)}`, budget]));
      const released = each(under, (method) =>
        each(named, (budget) => {
          const heads = privacy.release({ embeddings }, { ...people, method, budget });
          return privacy.headAccuracy({ heads, embeddings }, { measure: nameOf(budget) });
        }));
      const bound = each(
        named,
        (budget) => privacy.headAccuracy({ heads: means, embeddings }, { measure: nameOf(budget) }),
      );
      return { ...released, "not private": bound };
    }
    const measured = {
      zcdp: rowsOf(methods.zcdp, rhos.map((rho) => ({ rho }))),
      pure: rowsOf(methods.pure, epsilons.map((epsilon) => ({ epsilon }))),
    };
    const budgetLabels = Object.fromEntries([
      ...rhos.map((rho) => [`rho=${rho}`, `rho ${rho} (epsilon ${privacy.epsilonOfRho(rho, delta).toPrecision(2)})`]),
      ...epsilons.map((epsilon) => [`epsilon=${epsilon}`, `epsilon ${epsilon}`]),
    ]);
    const promise = {
      zcdp: `zCDP; in brackets, epsilon at delta ${delta}`,
      pure: "pure differential privacy",
    };
    function table(kind: keyof typeof measured, metric: string) {
      // What is best is asked of private classifiers; the figures have the other one.
      const { "not private": _, ...rows } = measured[kind];
      return report.table(rows, {
        metrics: [metric],
        heading: "Classifier",
        labels: { ...labels, ...budgetLabels },
        caption: `${capitalized(metric)} on ${dataset} under ${promise[kind]}`,
      });
    }
    function curve(kind: keyof typeof measured, metric: string) {
      return report.curve(measured[kind], {
        metrics: [metric],
        ...{ x: "measure", lines: "group", log: true, percent: true },
        labels,
        title: `${capitalized(metric)} on ${dataset} under ${kind === "zcdp" ? "zCDP" : "pure DP"}`,
        axes: { x: kind === "zcdp" ? "rho" : "epsilon", y: `${capitalized(metric)} (%)` },
        heading: "Classifier",
      });
    }
    return {
      balancedZcdp: table("zcdp", METRICS.balanced).as("zcdp-balanced"),
      minorityZcdp: table("zcdp", METRICS.minority).as("zcdp-minority"),
      balancedPure: table("pure", METRICS.balanced).as("pure-balanced"),
      minorityPure: table("pure", METRICS.minority).as("pure-minority"),
      balancedByRho: curve("zcdp", METRICS.balanced).as("rho-balanced"),
      minorityByRho: curve("zcdp", METRICS.minority).as("rho-minority"),
      balancedByEpsilon: curve("pure", METRICS.balanced).as("epsilon-balanced"),
      minorityByEpsilon: curve("pure", METRICS.minority).as("epsilon-minority"),
    };
  },
});

/** `rho=0.1`, `epsilon=1`. */
function nameOf(budget: privacy.Budget): string {
  return "rho" in budget ? `rho=${budget.rho}` : `epsilon=${budget.epsilon}`;
}

function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
