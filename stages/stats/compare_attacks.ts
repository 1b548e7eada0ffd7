/** @file Paired comparison of attacks on zoos that share masks: does one optimizer leak more than another? */
import { z } from "zod";
import { didYouMean, named, stage, type StageContext, type Value } from "../../dsl/mod.ts";
import { stream } from "../../engine/mod.ts";
import { AttackScores, Comparisons } from "../artifacts/mod.ts";
import { bootstrapParams } from "./attack_success.ts";
import { partsOf } from "./groups.ts";
import { comparisonsOf } from "./comparisons_of.ts";
import { SUCCESS_METRICS } from "./ranked.ts";
import { type Bootstrap, rangeOf, type ResampledMetric, resampleSuccess } from "./resample.ts";
import { examplesOf } from "./success_metrics.ts";
import { threatText } from "./threat_text.ts";
import { type TwoLevel, twoLevelInterval } from "./two_level.ts";

type Attacked = Value<typeof AttackScores>;

/**
 * For every attack and metric, each other group minus the reference: the mean over models of the difference, paired by
 * the model's index and by the resampled examples, with its two-level interval ({@link twoLevelInterval}) and p-value.
 * `holm` and `bh` correct over all rows of the result. Wire all tests of a table into one call.
 *
 * @throws RangeError when the reference has no attack of some name, or two groups were attacked on different examples
 * or masks.
 *
 * @example
 * ```ts
 * import * as stats from "engram/stages/stats/mod.ts";
 * function graph(attacks: Record<"sgd" | "sam", { lira: stats.AttackNode }>) {
 *   return stats.compareAttacks({ attacks: stats.byGroup(attacks) }, { reference: "sgd", metrics: ["auc"] });
 * }
 * ```
 */
export const compareAttacks = stage({
  name: "compare-attacks",
  doc: "Paired differences between groups in the success of each attack, with intervals and corrected p-values",
  inputs: { attacks: named(AttackScores) },
  params: z.object({
    reference: z.string().describe("The group that the others are compared with"),
    metrics: z.array(z.enum(SUCCESS_METRICS)).min(1).default(["balanced accuracy", "auc", "tpr@fpr=0.01"]),
    ...bootstrapParams,
  }),
  output: Comparisons,
  run({ attacks }, { reference, metrics, ...bootstrap }, context) {
    const names = Object.keys(attacks).sort();
    const groups = new Set(names.map((name) => partsOf(name).group));
    if (!groups.has(reference)) {
      throw new RangeError(
        `Cannot compare with group "${reference}", it has no attacks: ${didYouMean(reference, groups)}`,
      );
    }
    const measured = new Map(names.map((name, done) => {
      const resampled = resampleAll(attacks[name]!, bootstrap, context);
      context.progress({ done: done + 1, total: names.length, unit: "attacks" });
      return [name, resampled];
    }));
    const rows = names.filter((name) => partsOf(name).group !== reference).flatMap((name) => {
      const { group, attack } = partsOf(name);
      const baseline = attack === "" ? reference : `${reference}/${attack}`;
      const [own, base] = [attacks[name]!, attacks[baseline]];
      if (base === undefined) {
        throw new RangeError(`Cannot compare "${name}": the reference has no attack "${baseline}"; wire it`);
      }
      checkPaired(own, base, name, baseline);
      return metrics.flatMap((metric) => {
        const [a, b] = [name, baseline].map((key) => measured.get(key)!.find((found) => found.metric === metric));
        if (a === undefined || b === undefined) return [];
        const random = stream(bootstrap.seed, "compare-attacks", metric);
        const about = {
          attack: own.attack[0]!,
          threat: threatText(own),
          metric,
          slice: "all",
          group,
          models: a.models.length,
        };
        return [{ ...about, ...difference(a, b, random) }];
      });
    });
    return comparisonsOf(rows, reference);
  },
});

function resampleAll(attack: Attacked, bootstrap: Bootstrap, context: StageContext): ResampledMetric[] {
  const within = new Uint8Array(examplesOf(attack).length).fill(1);
  return resampleSuccess(attack, { name: "all", within }, bootstrap, context.signal);
}

/** The same models and resamples on both sides, since the masks are the same. */
function difference(a: ResampledMetric, b: ResampledMetric, random: ReturnType<typeof stream>): TwoLevel {
  const [least, most] = rangeOf(a.metric);
  return twoLevelInterval(
    {
      estimates: a.estimates.map((value, k) => value - b.estimates[k]!),
      replicates: a.replicates.map((byModel, draw) => byModel.map((value, k) => value - b.replicates[draw]![k]!)),
    },
    random,
    [least - most, most - least],
  );
}

function checkPaired(own: Attacked, base: Attacked, name: string, baseline: string): void {
  const same = sameBytes(own.model, base.model) && sameBytes(own.example.data, base.example.data) &&
    sameBytes(own.truth.data, base.truth.data);
  if (!same) {
    throw new RangeError(
      `Cannot pair "${name}" with "${baseline}": they attack other models or examples, or members differ; make both ` +
        `zoos from the same "data" and "masks" and attack them with the same parameters`,
    );
  }
}

function sameBytes(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
