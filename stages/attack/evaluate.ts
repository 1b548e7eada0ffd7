/** @file Runs a threshold attack on every model of a zoo and measures it. */
import { z } from "zod";
import { many, type StageContext, type Value } from "../../dsl/mod.ts";
import { Dataset, Masks, type Metrics, Predictions } from "../artifacts/mod.ts";
import { ModelMetrics } from "../stats/model_metrics.ts";
import { Zoo, type ZooInputs } from "../stats/zoo.ts";
import { auc, tprAtFpr } from "./roc.ts";
import { type MembershipScore, type NonMembers, type Scored, type ScoredModel, targets } from "./targets.ts";
import { classThresholds, globalThreshold, type Threshold } from "./thresholds.ts";

/** The inputs of every attack. */
export const attackInputs = { masks: many(Masks), logits: many(Predictions), data: Dataset };

/** Whom the attack must tell members from; a parameter of every attack. */
export const nonMembersParam = z.enum(["held-out", "test"]).default("held-out").describe(
  'whom members are told from: training examples the target was not trained on, or the "test" split (the papers\')',
);

/** The parameters of attacks that choose their thresholds on shadow models. */
export const shadowParams = z.object({
  nonMembers: nonMembersParam,
  threshold: z.enum(["class", "global"]).default("class").describe("one threshold a class, or one for all"),
  shadows: z.int().min(1).default(1).describe(
    "how many other models of the zoo each target's thresholds are chosen on",
  ),
});

/** What makes an attack: its score, and what it needs. */
export interface Attack {
  /** Column `measure` of the metrics: "confidence attack". */
  readonly measure: string;
  /** What the attacker sees of an answer. */
  readonly sees: "label-only" | "confidence vector";
  /** Whether it asks about the example itself or about all views. */
  readonly views: "first" | "all";
  readonly score: MembershipScore;
}

/** False positive rates that true positive rates are reported at, for scores that are more than a yes or no. */
const FALSE_POSITIVE_RATES = [0.01, 0.001];

/** Attacks every model of the zoo with thresholds chosen on shadow models, and measures each attack. */
export function attackWithShadows(
  attack: Attack,
  inputs: ZooInputs,
  { threshold, nonMembers, shadows }: z.output<typeof shadowParams>,
  context: StageContext,
): Promise<Value<typeof Metrics>> {
  function choose(target: ScoredModel, others: readonly ScoredModel[]): Threshold {
    if (threshold === "global") return globalThreshold(others);
    return classThresholds(others, [...target.members.labels, ...target.nonMembers.labels]);
  }
  const known = shadows === 1 ? "one shadow model" : `${shadows} shadow models`;
  const threat = `${attack.sees}, ${known}, ${nonMembers} non-members`;
  return evaluate(attack, inputs, { nonMembers, shadows, threat, choose, rates: FALSE_POSITIVE_RATES }, context);
}

/** Attacks every model of the zoo with a score that is a yes or no by itself, without shadow models. */
export function attackWithThreshold(
  attack: Attack,
  inputs: ZooInputs,
  { threshold, nonMembers }: { readonly threshold: number; readonly nonMembers: NonMembers },
  context: StageContext,
): Promise<Value<typeof Metrics>> {
  const threat = `${attack.sees}, no shadow model, ${nonMembers} non-members`;
  return evaluate(
    attack,
    inputs,
    { nonMembers, shadows: 0, threat, choose: () => () => threshold, rates: [] },
    context,
  );
}

interface Protocol {
  readonly nonMembers: NonMembers;
  readonly shadows: number;
  readonly threat: string;
  readonly choose: (target: ScoredModel, shadows: readonly ScoredModel[]) => Threshold;
  /** False positive rates to report true positive rates at. */
  readonly rates: readonly number[];
}

async function evaluate(
  { measure, score, views }: Attack,
  inputs: ZooInputs,
  { nonMembers, shadows, threat, choose, rates }: Protocol,
  context: StageContext,
): Promise<Value<typeof Metrics>> {
  const metrics = new ModelMetrics();
  const request = { score, views, nonMembers, shadows };
  for await (const { target, shadows: others, queries } of targets(new Zoo(inputs), request, context)) {
    const n = target.members.scores.length + target.nonMembers.scores.length;
    for (const [metric, value] of measureAttack(target, choose(target, others), rates)) {
      metrics.add({ measure, metric, queries, threat }, target.index, value, n);
    }
  }
  return metrics.table();
}

/** All numbers about an attack on one target. */
function measureAttack(
  { members, nonMembers }: ScoredModel,
  threshold: Threshold,
  rates: readonly number[],
): [metric: string, value: number][] {
  const tpr = rateAbove(members, threshold);
  const fpr = rateAbove(nonMembers, threshold);
  const metrics: [string, number][] = [
    ["balanced accuracy", 0.5 * (tpr + 1 - fpr)],
    ["advantage", tpr - fpr],
    ["auc", auc(members.scores, nonMembers.scores)],
  ];
  for (const rate of rates) {
    // Of fewer non-members, less than one may be a false positive: that would measure the rate at 0.
    if (nonMembers.scores.length * rate < 1) continue;
    metrics.push([`tpr@fpr=${rate}`, tprAtFpr(members.scores, nonMembers.scores, rate)]);
  }
  return metrics;
}

function rateAbove({ scores, labels }: Scored, threshold: Threshold): number {
  return scores.reduce((count, score, row) => count + Number(score >= threshold(labels[row]!)), 0) / scores.length;
}
