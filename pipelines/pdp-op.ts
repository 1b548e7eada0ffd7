/**
 * @file PDP-OP: ridge regression where each person chooses an epsilon, against sampling by epsilon and against the smallest
 * epsilon for all, on synthetic people. Predicting zero or the mean needs no data, or hardly any: they are in the table too.
 * With `--set insurance=…/insurance.csv`, on the public insurance premiums as well. How close this comes to the authors' numbers
 * is in docs/decisions/0015-privacy.md.
 */
import { each, pipeline, privacy, report, z } from "../mod.ts";

const people = { n: 100, d: 30 };

export default pipeline("pdp-op", {
  source: "Acharya, Boenisch, Naidu & Ziani, arXiv 2401.17127, synthetic experiments",
  params: z.object({
    n: z.int().min(10).describe("People; a fifth are for testing"),
    d: z.int().positive().describe("Features"),
    lambdas: z.array(z.number().positive()).describe("Penalties"),
    populations: z.int().positive().describe("Data sets"),
    draws: z.int().positive().describe("Draws of the noise for each"),
    insurance: z.string().optional().describe("Path of insurance.csv, for the experiment on real people too"),
    insuranceLambdas: z.array(z.number().positive()).default([0.1, 1, 3, 5, 10, 50]).describe("Penalties for it"),
  }),
  presets: {
    tiny: { ...people, lambdas: [10, 50, 100, 200, 500, 1000], populations: 10, draws: 100 },
    default: { ...people, lambdas: [10, 50, 75, 100, 125, 150, 200, 300, 500, 1000], populations: 50, draws: 300 },
    paper: {
      ...people,
      lambdas: [0.01, 0.1, 0.5, 1, 3, 5, 10, 15, 20, 25, 50, 75, 100, 125, 150, 175, 200, 300, 400, 500, 1000],
      populations: 50,
      draws: 10_000,
    },
  },
  graph({ n, d, lambdas, populations, draws, insurance, insuranceLambdas }) {
    const metrics = ["test squared error", "excess squared error"];
    const common = { metrics, decimals: 3, heading: "Penalty" };
    const caption =
      "Squared errors of private ridge regression, and what they exceed ridge regression without privacy by";
    const rows = each(named(lambdas), (lambda) => ({
      errors: privacy.comparePersonalized({ n, d, lambda, populations, draws }),
    }));
    const table = report.table(rows, { ...common, caption });
    if (insurance === undefined) return { table };
    const people = privacy.insurance({ path: insurance });
    const real = each(named(insuranceLambdas), (lambda) => ({
      errors: privacy.comparePersonalizedOn({ people }, { lambda, splits: populations, draws }).as("insurance"),
    }));
    return {
      table,
      insurance: report.table(real, { ...common, caption: `${caption}; insurance premiums` }).as("premiums"),
    };
  },
});

/** Penalties by name. */
function named(lambdas: readonly number[]): Record<string, number> {
  return Object.fromEntries(lambdas.map((lambda) => [`lambda ${lambda}`, lambda]));
}
