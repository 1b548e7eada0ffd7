/**
 * @file Label noise: if SAM memorizes atypical examples, should it not memorize wrong labels, too? Noise on random, on
 * atypical and on typical training examples; memorization, fit of the given labels and success of LiRA for noisy, clean
 * rare and clean typical examples; stopped early and trained to the end.
 */
import { attack, bucket, corrupt, each, pick, pipeline, report, score, stats, z } from "../mod.ts";
import { judgesOf } from "./shared/buckets.ts";
import { dataAndMasks, studyParams, studyPresets, zooOf } from "./shared/study.ts";
import { dataAndFewMasks, fewMasksOf } from "./shared/variants.ts";

const armSpec = z.object({
  rate: z.number().min(0).max(1).describe("Wrong labels over all training examples"),
  on: z.enum(["random", "atypical", "typical"]).describe("Which examples; atypical: the baseline memorizes them most"),
});

function optimizersOf({ sgd, sam }: typeof studyPresets[keyof typeof studyPresets]["optimizers"]) {
  return { sgd, sam };
}

const places = ["random", "atypical", "typical"] as const;

function armsAt(rates: readonly number[]): Record<string, z.input<typeof armSpec>> {
  const arms = rates.flatMap((rate) => places.map((on) => [`${on} ${rate}`, { rate, on }] as const));
  return { clean: { rate: 0, on: "random" }, ...Object.fromEntries(arms) };
}

export default pipeline("label-noise", {
  source: "Foret et al., arXiv 2010.01412, section 3.3; Baek et al., arXiv 2405.03676; Kim et al., arXiv 2310.00488",
  params: z.object({
    ...studyParams,
    models: z.int().min(3).describe("Models of each zoo: the first of the study's"),
    noise: z.record(z.string(), armSpec).describe("Noise by name; findings are about the one called asked"),
    asked: z.string().describe("The noise at random that findings are about"),
    early: z.int().positive().describe("Epochs of models that are stopped early"),
  }),
  presets: {
    tiny: {
      ...studyPresets.tiny,
      optimizers: optimizersOf(studyPresets.tiny.optimizers),
      models: 4,
      noise: { clean: { rate: 0, on: "random" }, "random 0.2": { rate: 0.2, on: "random" } },
      asked: "random 0.2",
      early: 4,
    },
    default: {
      ...studyPresets.default,
      optimizers: optimizersOf(studyPresets.default.optimizers),
      models: 8,
      noise: armsAt([0.2]),
      asked: "random 0.2",
      early: 5,
    },
    paper: {
      ...studyPresets.paper,
      optimizers: optimizersOf(studyPresets.paper.optimizers),
      models: 32,
      noise: armsAt([0.1, 0.2, 0.4]),
      asked: "random 0.4",
      early: 50,
    },
  },
  graph(p) {
    const { data: clean } = dataAndMasks(p);
    const scores = score.memorization(judgesOf(clean, p, pick(p.optimizers, p.baseline)));

    const arms = each(p.noise, ({ rate, on }) => {
      const extreme = on === "atypical" ? "highest" : "lowest";
      const data = on === "random"
        ? corrupt.labels({ data: clean }, { rate, seed: 1 })
        : corrupt.labelsByScore({ data: clean, scores }, { rate, on: extreme, seed: 1 });
      const sets = rate === 0 ? dataAndFewMasks(p) : fewMasksOf(data, p);
      const strata = bucket.labelNoise({ data: sets.data, scores });
      const rows = each({ final: p.epochs, early: p.early }, (epochs) =>
        each(p.optimizers, (optimizer) => {
          const { logits } = zooOf(sets, { ...p, epochs }, optimizer);
          const zoo = { ...sets, logits };
          const lira = stats.attackSuccessByStratum({ attack: attack.lira(zoo), strata });
          return { accuracy: stats.accuracy(zoo), strata: stats.byStratum({ ...zoo, strata }), lira };
        }));
      return {
        rows,
        gains: each(rows, (zoos) =>
          stats.compareMeasures({ metrics: report.flatten(zoos) }, {
            reference: p.baseline,
            metrics: ["test accuracy", "member accuracy", "memorization", "auc"],
          })),
      };
    });

    const [other = ""] = Object.keys(p.optimizers).filter((name) => name !== p.baseline);
    const { rows, gains } = pick(arms, p.asked);
    const exposed = stats.sliceContrast({ metrics: pick(rows.final, p.baseline).lira }, {
      slice: "noisy",
      against: "clean typical",
    });
    const foret = { asked: "R1-W3", expect: "above" as const, unit: "difference of fractions" };
    const final = { ...foret, from: "final" };
    const elsewhere = Object.entries(p.noise).filter(([name, { rate }]) => rate > 0 && name !== p.asked);
    const findings = stats.findings({
      numbers: { exposed },
      differences: {
        ...gains,
        ...Object.fromEntries(elsewhere.map(([name]) => [name, pick(arms, name).gains.final])),
      },
    }, {
      questions: [
        {
          ...final,
          question: "Is SAM more accurate than SGD when random labels are wrong?",
          row: { measure: "accuracy", metric: "test accuracy", slice: "all", group: other },
        },
        {
          ...final,
          question: "Is it when both are stopped early?",
          from: "early",
          row: { measure: "accuracy", metric: "test accuracy", slice: "all", group: other },
        },
        ...elsewhere.map(([name, { on }]) => ({
          ...final,
          question: `Is SAM more accurate than SGD when labels of ${on} examples are wrong (${name})?`,
          from: name,
          row: { measure: "accuracy", metric: "test accuracy", slice: "all", group: other },
        })),
        {
          ...final,
          question: "Does SAM fit more of the wrong labels than SGD?",
          row: { metric: "member accuracy", slice: "noisy", group: other },
        },
        {
          ...final,
          question: "Does SAM memorize examples with wrong labels more than SGD?",
          row: { metric: "memorization", slice: "noisy", group: other },
        },
        {
          ...final,
          question: "Does SAM memorize rare examples with right labels more than SGD, beside wrong labels?",
          row: { metric: "memorization", slice: "clean rare", group: other },
        },
        {
          ...final,
          question: "Are examples with wrong labels more exposed to LiRA than typical ones, under SGD?",
          from: "exposed",
          row: { metric: "auc" },
        },
        {
          ...final,
          question: "Are examples with wrong labels more exposed to LiRA under SAM than under SGD?",
          row: { metric: "auc", slice: "noisy", group: other },
        },
      ],
    });

    const labels = { sgd: "SGD", sam: "SAM" };
    const listed = Object.fromEntries(
      Object.entries(arms).flatMap(([noise, { rows }]) =>
        Object.entries(rows).flatMap(([time, zoos]) =>
          Object.entries(zoos).map(([name, own]) => [
            `${labels[name as "sgd"] ?? name}, ${noise === "clean" ? "no noise" : noise}, ${
              time === "final" ? p.epochs : p.early
            } epochs`,
            own,
          ])
        )
      ),
    );
    const map = {
      rows: "group" as const,
      columns: "slice" as const,
      slices: ["noisy", "clean rare", "clean typical"],
      percent: true,
      decimals: 1,
      axes: { columns: "Training examples" },
    };
    return {
      findings,
      answers: report.findingsTable({ findings: { "label-noise": findings } }),
      table: report.table(each(listed, ({ accuracy }) => accuracy), {
        heading: "Zoo",
        caption: "Accuracy by noise; train accuracy is on the labels that were given",
      }),
      memorization: report.heatMap(each(listed, ({ strata }) => strata), {
        ...map,
        metrics: ["memorization"],
        title: "Memorization by kind of training example",
        legend: "Memorization (percentage points)",
      }).as("memorization-map"),
      fit: report.heatMap(each(listed, ({ strata }) => strata), {
        ...map,
        metrics: ["member accuracy"],
        title: "Fit of the given labels by kind of training example",
        legend: "Accuracy on members (%)",
      }).as("fit-map"),
      exposure: report.heatMap(each(listed, ({ lira }) => lira), {
        ...map,
        metrics: ["auc"],
        middle: 50,
        title: "Exposure to LiRA by kind of training example",
        legend: "AUC (%)",
      }).as("exposure-map"),
      gains: report.comparisonTable({ comparisons: gains.final }, { labels }),
    };
  },
});
