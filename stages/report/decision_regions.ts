/** @file The figure of decision regions: what models say over a plane, with the training examples on it. */
import { z } from "zod";
import { named, stage, type Value } from "../../dsl/mod.ts";
import { Dataset, Figure, Scores } from "../artifacts/mod.ts";
import { toyCoordinate } from "../load/toy_scale.ts";
import { boundaryOf } from "./boundary_lines.ts";
import { labelOf } from "./labels.ts";
import { regionSpec } from "./region_spec.ts";
import { renderSvg } from "./render.ts";

/**
 * A panel a group: the mean probability of red over models as colour, the line where it is one half, and the training
 * examples. `grid` is `load.toyGrid`, `regions` are `score.meanProbability` of the models' predictions on it, `data` is
 * what they were trained on, `load.toy2d`.
 *
 * Formats: `svg`, and `vl.json`, the Vega-Lite specification with its data.
 *
 * @throws RangeError when scores are not of the grid's points, or the grid is not square.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import * as report from "engram/stages/report/mod.ts";
 * assert(report.decisionRegions.params.parse({ separation: 4 }).title === "Decision regions");
 * ```
 */
export const decisionRegions = stage({
  name: "decision-regions",
  doc: "What models say over the toy's plane, with the training examples",
  inputs: { regions: named(Scores), grid: Dataset, data: Dataset },
  params: z.object({
    separation: z.number().gt(0).describe("As in toy2d"),
    groups: z.array(z.string()).min(1).optional().describe("Panels in order; that of the names by default"),
    labels: z.record(z.string(), z.string()).default({}).describe("What to show for groups"),
    title: z.string().default("Decision regions").describe("The figure's title"),
  }),
  output: Figure,
  async run({ regions, grid, data }, { separation, labels, title, groups = Object.keys(regions) }) {
    const side = Math.sqrt(grid.id.length);
    if (!Number.isInteger(side)) {
      throw new RangeError(`Cannot draw a grid of ${grid.id.length} points: it is not square`);
    }
    const at = placesOf(grid, separation);
    const panels = groups.map((group) => {
      const found = regions[group];
      if (found === undefined || found.value.length !== grid.id.length) {
        throw new RangeError(
          `Cannot draw "${group}": it has ${found?.value.length ?? 0} scores for ${grid.id.length} points`,
        );
      }
      const cells = at.map((place, i) => ({ ...place, value: found.value[i]! }));
      return { title: labelOf(group, labels), cells, lines: boundaryOf(found.value, side, 0.5, at) };
    });
    const points = placesOf(data, separation).map((place, i) => ({
      ...place,
      group: data.group[i]!,
      split: data.split[i]!,
    }))
      .filter(({ split }) => split === "train");
    const spec = regionSpec({ title, panels, points, step: at[1]!.x - at[0]!.x });
    return { extension: ["svg", "vl.json"], content: [await renderSvg(spec), `${JSON.stringify(spec)}\n`] };
  },
});

function placesOf({ x: { data, shape: [rows = 0, , dimension = 0] } }: Value<typeof Dataset>, separation: number) {
  return Array.from({ length: rows }, (_, row) => ({
    x: toyCoordinate(data[row * dimension]!, separation),
    y: toyCoordinate(data[row * dimension + 1]!, separation),
  }));
}
