/** @file Strata by the subpopulations that a data set names: typical and atypical examples, noisy ones. */
import { z } from "zod";
import { stage } from "../../dsl/mod.ts";
import { Dataset, Strata } from "../artifacts/mod.ts";

/**
 * Each example in the stratum that its `group` names; examples without a group are in none.
 *
 * @throws RangeError when no example has a group.
 *
 * @example
 * ```ts
 * import * as bucket from "engram/stages/bucket/mod.ts";
 * import * as load from "engram/stages/load/mod.ts";
 * function graph() {
 *   return { strata: bucket.byGroup({ data: load.toy2d({}) }) };
 * }
 * ```
 */
export const byGroup = stage({
  name: "strata-by-group",
  doc: "Examples in strata by the subpopulations that the data set names",
  inputs: { data: Dataset },
  params: z.object({}),
  output: Strata,
  run({ data }) {
    const rows = [...data.id.keys()].filter((row) => data.group[row] !== "");
    if (rows.length === 0) {
      throw new RangeError(`Cannot part examples by group: the data set names none; use a synthetic set`);
    }
    return { example: Uint32Array.from(rows, (row) => data.id[row]!), stratum: rows.map((row) => data.group[row]!) };
  },
});
