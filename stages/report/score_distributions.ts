/** @file The figure of what an attack says of members and of non-members: histograms of scores, such as distances to the boundary. */
import { z } from "zod";
import { named, stage } from "../../dsl/mod.ts";
import { AttackScores, Figure } from "../artifacts/mod.ts";
import { partsOf } from "../stats/groups.ts";
import { distributionSpec } from "./distribution_spec.ts";
import { histogram, scoresByTruth } from "./histogram.ts";
import { labelOf, titleOf } from "./labels.ts";
import { renderSvg } from "./render.ts";

/**
 * A panel an attack and group: how the scores of members and of non-members are distributed, all targets pooled. Panels of
 * one attack share their bins, which span all but `cut` of the scores at each end; what lies outside is counted in the
 * outermost bins.
 *
 * Formats: `svg`, and `vl.json`, the Vega-Lite specification with its data.
 *
 * @example
 * ```ts
 * import * as report from "engram/stages/report/mod.ts";
 * import * as stats from "engram/stages/stats/mod.ts";
 * function graph(attacks: Record<"sgd" | "sam", { boundary: stats.AttackNode }>) {
 *   return { distances: report.scoreDistributions({ attacks: stats.byGroup(attacks) }, { score: "L2 distance" }) };
 * }
 * ```
 */
export const scoreDistributions = stage({
  name: "score-distributions",
  doc: "Histograms of an attack's scores of members and of non-members",
  inputs: { attacks: named(AttackScores) },
  params: z.object({
    score: z.string().default("Score (larger: member)").describe("Title of the axis of scores"),
    bins: z.int().min(2).max(200).default(30),
    cut: z.number().min(0).lt(0.5).default(0.01).describe("Share of scores beyond the outermost bins at each end"),
    labels: z.record(z.string(), z.string()).default({}).describe("What to show for groups and attacks"),
    title: z.string().default("Scores of members and non-members").describe("The figure's title"),
  }),
  output: Figure,
  async run({ attacks }, { score, bins, cut, labels, title }) {
    const byName = Map.groupBy(Object.entries(attacks), ([name]) => partsOf(name).attack);
    const panels = [...byName.values()].flatMap((entries) => {
      const scores = entries.map(([, attack]) => scoresByTruth(attack));
      const shared = histogram(scores, { bins, cut });
      return entries.map(([name, attack], i) => ({
        title: `${labelOf(partsOf(name).group, labels)}: ${titleOf(attack.attack[0]!, labels)}`,
        bars: shared[i]!,
      }));
    });
    const spec = distributionSpec({ title, score, panels, perRow: perRowOf(byName.values().next().value!.length) });
    return { extension: ["svg", "vl.json"], content: [await renderSvg(spec), `${JSON.stringify(spec, null, 2)}\n`] };
  },
});

/** As many panels in a row as there are groups, if three fit; four stand two by two. */
function perRowOf(groups: number): number {
  if (groups <= 3) return groups;
  return groups === 4 ? 2 : 3;
}
