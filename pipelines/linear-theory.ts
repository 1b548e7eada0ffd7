/**
 * @file Why should flat minima leak? In a linear model that fits all its data, asking for flatness makes outputs on unseen
 * examples vary less, and so easier to tell from members'. Is that what networks do, too?
 */
import { each, pipeline, report, stats, theory, z } from "../mod.ts";
import { dataAndMasks, studyParams, studyPresets, zooOf } from "./shared/study.ts";

const etas = [0, 0.1, 0.3, 1, 3, 10, 30, 100];
const linear = { dimension: 200, examples: 50, test: 2000, decay: 1, noise: 0.1, draws: 20 };

export default pipeline("linear-theory", {
  source: "Kim et al., arXiv 2310.00488v4: minimum-norm interpolators under G = I + eta Sigma; the experiment is ours",
  params: z.object({
    ...studyParams,
    etas: z.array(z.number().min(0)).min(2).describe("Weights of the sharpness penalty; the first is the reference"),
    linear: theory.interpolator.params.omit({ eta: true }),
  }),
  presets: {
    tiny: { ...studyPresets.tiny, etas: [0, 1, 10, 100], linear },
    default: { ...studyPresets.default, etas, linear: { ...linear, draws: 50 } },
    paper: {
      ...studyPresets.paper,
      etas,
      linear: { ...linear, dimension: 2000, examples: 500, test: 10_000, draws: 100 },
    },
  },
  graph(p) {
    const byEta = Object.fromEntries(p.etas.map((eta) => [`eta=${eta}`, eta]));
    const solutions = each(byEta, (eta) => theory.interpolator({ ...p.linear, eta }));
    const [first, last] = [`eta=${p.etas[0]}`, `eta=${p.etas.at(-1)}`];
    const linear = stats.compareMeasures({ metrics: solutions }, { reference: first });
    const agreement = stats.correlateMetrics({ metrics: solutions }, {
      y: { metric: "measured advantage", name: "measured advantage" },
      x: { metric: "predicted advantage", name: "predicted advantage" },
    });

    const sets = dataAndMasks(p);
    const confidence = each(p.optimizers, (optimizer) => {
      return stats.confidence({ masks: sets.masks, logits: zooOf(sets, p, optimizer).logits, data: sets.data });
    });
    const networks = stats.compareMeasures({ metrics: confidence }, { reference: p.baseline });

    const ask = (
      from: string,
      group: string,
      measure: string,
      metric: string,
      expect: "above" | "below",
      question: string,
    ) => ({
      question,
      asked: "R2-11",
      from,
      row: { group, measure, metric },
      expect,
      unit: metric.endsWith("variance") ? "difference of variances" : "difference of fractions",
    });
    const interpolator = "linear interpolator";
    const logit = "logit confidence";
    const findings = stats.findings({ numbers: { agreement }, differences: { linear, networks } }, {
      questions: [
        ask(
          "linear",
          last,
          interpolator,
          "margin variance",
          "below",
          "Linear: do margins of unseen examples vary less?",
        ),
        ask(
          "linear",
          last,
          interpolator,
          "predicted advantage",
          "above",
          "Linear: is the attack's advantage predicted to rise?",
        ),
        ask("linear", last, interpolator, "measured advantage", "above", "Linear: does the advantage rise?"),
        {
          question: "Linear: does the prediction tell the measured advantage?",
          asked: "R2-11",
          from: "agreement",
          row: { metric: "pearson", slice: "all" },
          expect: "above",
          than: 0.5,
          unit: "correlation",
        },
        ask(
          "networks",
          "sam",
          "confidence",
          "non-member variance",
          "below",
          "Networks: does SAM's confidence in unseen examples vary less?",
        ),
        ask("networks", "sam", logit, "non-member variance", "below", "Networks: does its logit-scaled confidence?"),
        ask("networks", "sam", logit, "auc", "above", "Networks: is SAM more exposed by its confidence?"),
      ],
    });

    const labels = { sgd: "SGD", sam: "SAM", swa: "SWA", sharpReg: "SharpReg" };
    const shown = {
      x: "group",
      lines: "metric",
      log: true,
      groups: Object.keys(byEta).filter((name) => byEta[name]! > 0),
    } as const;
    return {
      findings,
      answers: report.findingsTable({ findings: { theory: findings } }),
      advantage: report.curve(solutions, {
        ...shown,
        metrics: ["predicted advantage", "measured advantage"],
        title: "Advantage of asking for a margin of 1",
        axes: { x: "eta", y: "Advantage" },
      }),
      variance: report.curve(solutions, {
        ...shown,
        metrics: ["output variance", "margin variance", "test accuracy"],
        title: "Outputs on unseen examples",
        axes: { x: "eta", y: "Variance; accuracy" },
      }).as("variance"),
      linear: report.comparisonTable({ comparisons: linear }, {
        heading: "eta",
        first: "Model",
        resampled: "models",
        percent: false,
        decimals: 3,
      }),
      networks: report.comparisonTable({ comparisons: networks }, {
        labels,
        first: "Measure",
        resampled: "models",
        percent: false,
        decimals: 3,
      }).as(
        "networks-table",
      ),
    };
  },
});
