/** @file Defences on the study's masks: what each costs, by bucket of test examples too, and what it prevents. */
import { each, pick, report, stats, z } from "../../mod.ts";
import { attacksOn, successOf } from "./attacks.ts";
import { accuracies, bucketsFrom, judgesOf } from "./buckets.ts";
import { zooParams } from "./study.ts";
import { dataAndFewMasks, variantSpec, zoosOfVariants } from "./variants.ts";

/** Parameters of a study of defences. */
export const defenceParams = {
  ...zooParams,
  models: z.int().min(3).describe("Models of each defence: the first of the study's"),
  defences: z.record(z.string(), variantSpec).describe("Trainings by name; the first word of a name is its family"),
};

const parsed = z.object(defenceParams);

/** The number that frontiers show. */
export const LIRA = { measure: "LiRA online", metric: "auc" };

/** What a defence's settings have in common: `SharpReg` of `SharpReg -0.5`. */
export function familyOf(defence: string): string {
  return defence.split(" ")[0]!;
}

/**
 * Zoos of all defences, attacks on them, and their differences to the reference, which is no defence. Buckets are those of
 * other models of the reference.
 */
export function studyDefences(p: z.output<typeof parsed>, reference: string) {
  const sets = dataAndFewMasks(p);
  const { data, masks } = sets;
  const judges = judgesOf(data, p, pick(p.defences, reference).optimizer);
  const buckets = bucketsFrom(judges, judges.logits);
  const zoos = zoosOfVariants(sets, p, p.defences);
  const attacks = each(zoos, attacksOn);
  const success = each(attacks, (own) => successOf(own, data));
  const rows = each(zoos, ({ logits }, name) => ({
    accuracy: stats.accuracy({ masks, logits, data }),
    // In a list, whose order the table's columns keep.
    attacks: Object.values(pick(success, name)),
  }));
  const { byBucket, gains } = accuracies(sets, each(zoos, ({ logits }) => logits), buckets, reference);
  return {
    zoos,
    success,
    rows,
    byBucket,
    /** In accuracy by bucket. */
    gains,
    leaks: stats.compareAttacks({ attacks: stats.byGroup(attacks) }, {
      reference,
      metrics: ["balanced accuracy", "auc"],
    }),
    cost: stats.compareMeasures({ metrics: report.flatten(each(rows, ({ accuracy }) => accuracy)) }, {
      reference,
      metrics: ["test accuracy"],
    }),
  };
}
