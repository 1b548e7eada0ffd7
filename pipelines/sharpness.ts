/**
 * @file Sharpness against the optimizers' knobs: rho of SAM and a of SharpReg, on one set of masks. Is SAM flatter than SGD,
 * is SharpReg sharper, on this data? A table of every measure with intervals over models and paired differences to SGD.
 */
import { each, pipeline, report, sharpness, stats, z } from "../mod.ts";
import { dataAndMasks, optimizersAt, studyParams, zooOf, zooPresets } from "./shared/study.ts";

function sweep(lr: number, rhos: readonly number[], as: readonly number[]) {
  const { sgd, sam, sharpReg } = optimizersAt(lr);
  return {
    sgd,
    ...Object.fromEntries(rhos.map((rho) => [`sam ${rho}`, { ...sam, rho }])),
    ...Object.fromEntries(as.map((a) => [`sharpReg ${a}`, { ...sharpReg, a }])),
  };
}

const EIGENVALUE = "hessian eigenvalue 1";

export default pipeline("sharpness", {
  source: "Foret et al., arXiv 2010.01412; Andriushchenko et al., arXiv 2302.07011; Kim et al., arXiv 2310.00488",
  params: z.object({
    ...studyParams,
    examples: z.int().positive().describe("Members that sharpness is measured on"),
    rho: z.number().positive().describe("Radius of worst-case sharpness"),
    iterations: z.int().positive().describe("Hessian-vector products for the largest eigenvalue, at most"),
    draws: z.int().min(2).describe("Draws of trace and average case"),
  }),
  presets: {
    tiny: {
      ...zooPresets.tiny,
      optimizers: sweep(0.01, [0.02, 0.05], [-0.5, -1]),
      examples: 400,
      rho: 0.05,
      iterations: 30,
      draws: 10,
    },
    default: {
      ...zooPresets.default,
      optimizers: sweep(0.01, [0.05, 0.2], [-0.5, -1]),
      examples: 500,
      rho: 0.05,
      iterations: 60,
      draws: 15,
    },
    paper: {
      ...zooPresets.paper,
      optimizers: sweep(0.1, [0.01, 0.02, 0.05, 0.1, 0.2, 0.5], [-0.1, -0.25, -0.5, -1]),
      examples: 2048,
      rho: 0.05,
      iterations: 100,
      draws: 100,
    },
  },
  graph(p) {
    const sets = dataAndMasks(p);
    const { data, masks } = sets;
    const rows = each(p.optimizers, (optimizer) => {
      const { examples, rho, draws } = p;
      const { models, logits } = zooOf(sets, p, optimizer);
      const accuracy = stats.accuracy({ masks, logits, data });
      const zoo = { models: sharpness.withMembers({ models, masks }), data };
      const measures = {
        loss: sharpness.gradientNorm(zoo, { examples }),
        eigenvalue: sharpness.hessianEigenvalues(zoo, { examples, iterations: p.iterations, tolerance: 0.01 }),
        trace: sharpness.hessianTrace(zoo, { examples, draws }),
        oneStep: sharpness.worstCase(zoo, { examples, rho }).as("one-step"),
        worst: sharpness.worstCase(zoo, { examples, rho, steps: 5, m: 128 }).as("worst-case"),
        adaptive: sharpness.worstCase(zoo, { examples, rho: 10 * rho, scale: "elementwise" }).as("adaptive"),
        normalized: sharpness.averageCase(zoo, {
          examples,
          rho: 2 * rho,
          scale: "elementwise",
          logits: "unit deviation",
          draws,
        }),
        rank: sharpness.featureRank(zoo, { examples }),
      };
      // In a list, whose order the table's columns keep.
      const listed = Object.values(each(measures, (sharp) => sharpness.metrics({ sharpness: sharp })));
      return { accuracy, measures: listed };
    });

    const metrics = report.flatten(each(rows, ({ measures }) => measures));
    const eigenvalues = stats.compareMeasures({ metrics }, { reference: p.baseline, metrics: [EIGENVALUE] });
    const others = Object.entries(p.optimizers).filter(([name]) => name !== p.baseline);
    const findings = stats.findings({ numbers: {}, differences: { eigenvalues } }, {
      questions: others.map(([group, { kind }]) => {
        const [what, expect] = kind === "sharpReg" ? ["sharper", "above"] as const : ["flatter", "below"] as const;
        return {
          question: `Does ${group} find ${what} minima than ${p.baseline}, by the largest Hessian eigenvalue?`,
          asked: "paper, R2-13",
          from: "eigenvalues",
          row: { metric: EIGENVALUE, group },
          expect,
          unit: "difference of eigenvalues",
        };
      }),
    });
    return {
      findings,
      answers: report.findingsTable({ findings: { sharpness: findings } }),
      table: sharpness.table(rows, { reference: p.baseline }),
    };
  },
});
