/**
 * @file Is the success of attacks just test accuracy? Models of two optimizers that differ in epochs, width, weight decay
 * and augmentation: correlations of attack and accuracy, the optimizer's effect at equal accuracy (ANCOVA), and matched
 * pairs, SAM stopped where it is as accurate as SGD.
 */
import { attack, each, type modelSpec, optimizerSpec, pick, pipeline, predict, report, stats, z } from "../mod.ts";
import { optimizersAt, zooParams, zooPresets } from "./shared/study.ts";
import { dataAndFewMasks, variantSpec, zooOfVariant } from "./shared/variants.ts";

/** A variation of the study's training, the same for all optimizers. */
const variationSpec = variantSpec.omit({ optimizer: true }).extend({ weightDecay: z.number().min(0).optional() });

type Variations = Record<string, z.input<typeof variationSpec>>;

function optimizersOf(lr: number) {
  const { sgd, sam } = optimizersAt(lr);
  return { sgd, sam };
}

/** Variations that shorten training end in their number of epochs; they are the sweep that matches are looked for in. */
function variations(
  epochs: readonly number[],
  narrow: z.input<typeof modelSpec>,
  more: Variations,
): Variations {
  const stopped = Object.fromEntries(epochs.map((epochs) => [`epochs ${epochs}`, { epochs }]));
  return { base: {}, ...stopped, narrow: { model: narrow }, ...more };
}

const narrow = { kind: "cnn", channels: [8, 16] } as const;

export default pipeline("matched-accuracy", {
  source: "Kim et al., arXiv 2310.00488, and its review R2-9: does SAM leak more only because it is more accurate?",
  params: z.object({
    ...zooParams,
    models: z.int().min(3).describe("Models of each variation: the first of the study's"),
    optimizers: z.record(z.string(), optimizerSpec),
    baseline: z.string().default("sgd"),
    variations: z.record(z.string(), variationSpec),
  }),
  presets: {
    tiny: {
      ...zooPresets.tiny,
      models: 4,
      optimizers: optimizersOf(0.01),
      variations: variations([5, 10], narrow, {}),
    },
    default: {
      ...zooPresets.default,
      models: 8,
      optimizers: optimizersOf(0.01),
      variations: variations([5, 10, 15], narrow, {
        "L2": { weightDecay: 0.005 },
        "augmented": { augment: { crop: 4, flip: true } },
      }),
    },
    paper: {
      ...zooPresets.paper,
      models: 16,
      optimizers: optimizersOf(0.1),
      variations: variations([20, 50, 100, 150], { kind: "resNet18", width: 32 }, {
        "L2": { weightDecay: 0.002 },
        "not augmented": { augment: {} },
      }),
    },
  },
  graph(p) {
    const sets = dataAndFewMasks(p);
    const { data, masks } = sets;
    const rows = each(p.optimizers, (optimizer) =>
      each(p.variations, ({ weightDecay, ...variation }) => {
        const spec = weightDecay === undefined ? optimizer : { ...optimizer, weightDecay };
        const { models, logits } = zooOfVariant(sets, p, { ...variation, optimizer: spec });
        const zoo = { masks, logits, data };
        const views = predict({ models, data }, { views: "shifts" }).as("views");
        const attacks = {
          confidence: attack.confidence(zoo),
          augmentation: attack.augmentation({ ...zoo, logits: views }),
          lira: attack.lira(zoo),
        };
        return {
          accuracy: stats.accuracy(zoo),
          attacks: each(attacks, (attack) => stats.attackSuccess({ attack, data })),
        };
      }));

    const variations = Object.keys(p.variations);
    const pools = each(
      rows,
      (own) => stats.pool({ metrics: report.flatten(own) }, { zoos: variations, stride: p.models }),
    );
    const metrics = report.flatten(pools);
    const attacks = {
      confidence: { measure: "confidence attack", metric: "balanced accuracy" },
      augmentation: { measure: "augmentation attack", metric: "balanced accuracy" },
      lira: { measure: "LiRA online", metric: "auc" },
    };
    const [test, train] = [{ metric: "test accuracy" }, { metric: "train accuracy" }];
    const relations = each(attacks, (y) => ({
      correlation: stats.correlateMetrics({ metrics }, { y, x: test }),
      partial: stats.correlateMetrics({ metrics }, { y, x: test, given: [train] }).as("partial-correlation"),
      atEqualTest: stats.adjustedDifferences({ metrics }, { y, x: [test], reference: p.baseline }),
      atEqualBoth: stats.adjustedDifferences({ metrics }, { y, x: [test, train], reference: p.baseline }).as(
        "adjusted-for-both",
      ),
    }));

    const [other = ""] = Object.keys(p.optimizers).filter((name) => name !== p.baseline);
    const sweep = variations.filter((name) => name === "base" || name.startsWith("epochs "));
    const candidates = sweep.map((name) => [`${other} ${name}`, pick(pick(rows, other), name)] as const);
    const matched = stats.matchedDifferences({
      metrics: report.flatten({
        [p.baseline]: pick(pick(rows, p.baseline), "base"),
        ...Object.fromEntries(candidates),
      }),
    }, { reference: p.baseline, group: other, match: test, of: Object.values(attacks) });

    const named = { confidence: "the confidence attack", augmentation: "the augmentation attack", lira: "LiRA" };
    const above = { asked: "R2-9", expect: "above" as const };
    const difference = { ...above, unit: "difference of fractions" };
    const questions = Object.entries(named).flatMap(([name, text]) => {
      const { measure, metric } = attacks[name as keyof typeof attacks];
      return [
        {
          ...above,
          question: `Does ${text} succeed more on models with a higher test accuracy?`,
          from: `${name}: correlation`,
          row: { metric: "spearman", slice: "all" },
          unit: "correlation",
        },
        {
          ...above,
          question: `Does ${text} succeed more on models with a higher test accuracy, at equal train accuracy?`,
          from: `${name}: partial`,
          row: { metric: "spearman", slice: "all" },
          unit: "correlation",
        },
        {
          ...difference,
          question: `Does ${text} succeed more on SAM than on SGD at equal test accuracy?`,
          from: `${name}: at equal test`,
          row: { group: other },
        },
        {
          ...difference,
          question: `Does ${text} succeed more on SAM than on SGD at equal test and train accuracy?`,
          from: `${name}: at equal both`,
          row: { group: other },
        },
        {
          ...difference,
          question: `Does ${text} succeed more on SAM stopped at SGD's test accuracy than on SGD?`,
          from: "matched",
          row: { measure, metric },
        },
      ];
    });
    const from = <K extends "correlation" | "partial" | "atEqualTest" | "atEqualBoth">(key: K, words: string) =>
      Object.fromEntries(Object.entries(relations).map(([name, own]) => [`${name}: ${words}`, own[key]]));
    const findings = stats.findings({
      numbers: { ...from("correlation", "correlation"), ...from("partial", "partial") },
      differences: { ...from("atEqualTest", "at equal test"), ...from("atEqualBoth", "at equal both"), matched },
    }, { questions });

    const labels = { sgd: "SGD", sam: "SAM" };
    const scatter = { x: test, points: "models", percent: true, labels, heading: "Optimizer" } as const;
    const byVariation = Object.fromEntries(
      Object.entries(rows).flatMap(([optimizer, own]) =>
        Object.entries(own).map(([name, metrics]) => [`${labels[optimizer as "sgd"] ?? optimizer}, ${name}`, metrics])
      ),
    );
    return {
      findings,
      answers: report.findingsTable({ findings: { "matched-accuracy": findings } }),
      table: report.table(byVariation, { heading: "Models", caption: "Accuracy and success of attacks by variation" }),
      matched: report.comparisonTable({ comparisons: matched }, { labels }),
      confidence: report.scatter(pools, {
        ...scatter,
        y: attacks.confidence,
        title: "Success of the confidence attack against test accuracy, a point a model",
        axes: { x: "Test accuracy (%)", y: "Balanced accuracy of the attack (%)" },
      }).as("confidence-scatter"),
      lira: report.scatter(pools, {
        ...scatter,
        y: attacks.lira,
        title: "Success of LiRA against test accuracy, a point a model",
        axes: { x: "Test accuracy (%)", y: "AUC of LiRA (%)" },
      }).as("lira-scatter"),
    };
  },
});
