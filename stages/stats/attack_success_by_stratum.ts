/** @file How well an attack does within strata of examples: noisy ones, rare ones. */
import { z } from "zod";
import { stage } from "../../dsl/mod.ts";
import { AttackScores, Metrics, Strata } from "../artifacts/mod.ts";
import { bootstrapParams } from "./attack_success.ts";
import { examplesOf, successMetrics } from "./success_metrics.ts";

/**
 * What `attackSuccess` measures, within each stratum: members and non-members of the same stratum are told apart. A
 * stratum without candidates on both sides has no rows.
 *
 * @throws RangeError when none has.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { AttackScores, Strata } from "engram/stages/artifacts/mod.ts";
 * import * as stats from "engram/stages/stats/mod.ts";
 * function graph(attack: Node<typeof AttackScores, "one">, strata: Node<typeof Strata, "one">) {
 *   return stats.attackSuccessByStratum({ attack, strata });
 * }
 * ```
 */
export const attackSuccessByStratum = stage({
  name: "attack-success-by-stratum",
  doc: "Success of an attack within each stratum of examples",
  inputs: { attack: AttackScores, strata: Strata },
  params: z.object(bootstrapParams),
  output: Metrics,
  run({ attack, strata }, bootstrap, context) {
    const stratumOf = new Map(strata.example.entries().map(([row, id]) => [id, strata.stratum[row]!]));
    const examples = examplesOf(attack);
    const slices = [...new Set(strata.stratum)].sort().map((name) => ({
      name,
      within: Uint8Array.from(examples, (id) => Number(stratumOf.get(id) === name)),
    }));
    const metrics = successMetrics(attack, slices, bootstrap, context);
    if (metrics.value.length === 0) {
      throw new RangeError(
        `Cannot measure attack "${attack.attack[0]}" by stratum: no stratum has both members and non-members`,
      );
    }
    return metrics;
  },
});
