/**
 * @file Is memorization a property of the data, or of optimizer and architecture? Its correlation between zoos of each, from
 * halves that share no model, held against the ceiling that halves of one zoo set.
 */
import { each, modelSpec, optimizerSpec, pipeline, report, score, stats, z } from "../mod.ts";
import { dataAndMasks, optimizersAt, zooOf, zooParams, zooPresets } from "./shared/study.ts";

/** The sizes of a study, without its one architecture. */
function sizes<P extends { readonly model: unknown }>({ model: _, ...rest }: P): Omit<P, "model"> {
  return rest;
}

const { sgd, sam } = optimizersAt(0.01);
const spelled = { sgd: "SGD", sam: "SAM", cnn: "CNN", mlp: "MLP", resNet18: "ResNet-18", vgg11: "VGG-11" };
const small = { cnn: { kind: "cnn" }, mlp: { kind: "mlp", hidden: [128] } } as const;

export default pipeline("optimizer-property-or-data-property", {
  source: "Kim et al., arXiv 2310.00488 (review 3, Q1); Feldman & Zhang, arXiv 2008.03703; Spearman 1904",
  params: z.object({
    ...zooParams,
    optimizers: z.record(z.string(), optimizerSpec),
    models: z.record(z.string(), modelSpec).describe("Architectures"),
    least: z.number().default(0.9).describe("The corrected correlation from which a score counts as the data's own"),
  }).omit({ model: true }),
  presets: {
    tiny: { ...sizes(zooPresets.tiny), optimizers: { sgd, sam }, models: small, members: 8 },
    default: { ...sizes(zooPresets.default), optimizers: { sgd, sam }, models: small },
    paper: {
      ...sizes(zooPresets.paper),
      optimizers: { sgd: optimizersAt(0.1).sgd, sam: optimizersAt(0.1).sam },
      models: { resNet18: { kind: "resNet18" }, vgg11: { kind: "vgg11" } },
      members: 512,
    },
  },
  graph(p) {
    const sets = dataAndMasks(p);
    const { data, masks } = sets;
    const cells = Object.fromEntries(
      Object.entries(p.models).flatMap(([architecture, model]) =>
        Object.entries(p.optimizers).map(([name, optimizer]) => [`${name}, ${architecture}`, { model, optimizer }])
      ),
    );
    const names = Object.keys(cells);
    const spell = (name: string) => name.split(", ").map((part) => spelled[part as "sgd"] ?? part).join(", ");
    const labels = Object.fromEntries(names.map((name) => [name, spell(name)]));
    const zoos = each(cells, ({ model, optimizer }) => {
      const { logits } = zooOf(sets, { ...p, model }, optimizer);
      return { masks, logits, data };
    });

    const thirds = ["all", "even", "odd"] as const;
    function scored<N>(score: (zoo: typeof zoos[string], models: typeof thirds[number]) => N): Record<string, N> {
      return Object.fromEntries(
        Object.entries(zoos).flatMap(([name, zoo]) =>
          thirds.map((models) => [models === "all" ? name : `${name}/${models}`, score(zoo, models)] as const)
        ),
      );
    }
    const memorization = stats.correlateScores({
      scores: scored((zoo, models) => score.memorization(zoo, { models }).as(`memorization-${models}`)),
    }, { order: names }).as("memorization-correlations");
    const entropy = stats.correlateScores({
      scores: scored((zoo, models) =>
        score.influenceEntropy({ influence: score.influence(zoo, { models }).as(`influence-${models}`), data }, {
          unknown: "skip",
        }).as(`entropy-${models}`)
      ),
    }, { order: names }).as("entropy-correlations");

    const optimizers = Object.keys(p.optimizers);
    const architectures = Object.keys(p.models);
    const [a, b] = [`${optimizers[0]}, ${architectures[0]}`, `${optimizers[1]}, ${architectures[0]}`];
    const c = `${optimizers[0]}, ${architectures[1]}`;
    function ask(question: string, asked: string, from: string, slice: string) {
      return {
        question,
        asked,
        from,
        row: { measure: a, metric: "spearman corrected", slice },
        expect: "above" as const,
        than: p.least,
        quantity: `Spearman's correlation of ${spell(a)} with ${spell(slice)}, corrected for reliability`,
        unit: "correlation",
      };
    }
    const findings = stats.findings({ numbers: { memorization, entropy }, differences: {} }, {
      questions: [
        ask("Do two optimizers memorize the same examples?", "R3-Q1, 2026-R1", "memorization", b),
        ask("Do two architectures?", "R3-Q1", "memorization", c),
        ask("Have test examples the same influence entropy under two optimizers?", "R3-Q1", "entropy", b),
        ask("Under two architectures?", "R3-Q1", "entropy", c),
      ],
    });
    const shown = { labels, middle: 0, range: [-1, 1] as [number, number] };
    const halves = { ...shown, metrics: ["spearman of halves"] };
    const subtitle = [
      "Spearman's correlation of estimates that share no model, and its 95 % interval over examples. On the diagonal, of " +
      "halves of one zoo; the ceiling for a pair is the square root of the product of both diagonals.",
    ];
    return {
      findings,
      answers: report.findingsTable({ findings: { "data-property": findings } }),
      table: report.matrix({ memorization }, {
        rows: "measure",
        columns: "slice",
        metrics: ["spearman corrected"],
        labels,
        caption: [
          "Memorization: Spearman's correlation corrected for reliability (1 where only models' noise differs).",
        ],
      }),
      entropyTable: report.matrix({ entropy }, {
        rows: "measure",
        columns: "slice",
        metrics: ["spearman corrected"],
        labels,
        caption: ["Influence entropy: Spearman's correlation corrected for reliability."],
      }).as("entropy-table"),
      memorization: report.heatMap({ memorization }, { ...halves, title: "Memorization between zoos", subtitle }),
      entropy: report.heatMap({ entropy }, { ...halves, title: "Influence entropy between zoos", subtitle }).as(
        "entropy-map",
      ),
    };
  },
});
