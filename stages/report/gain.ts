/** @file The gain of a group over a reference: mean paired difference over models. */
import { meanInterval } from "../stats/interval.ts";
import { type Measurement, single } from "./measurements.ts";
import type { Estimate } from "./ties.ts";

/** A gain, with the number of models it is a mean over. */
export interface Gain extends Estimate {
  readonly n: number;
}

/**
 * Mean over models of the difference between a group and a reference, with its 95 % interval. Models are paired by their
 * index: zoos made from the same masks have the same training sets, so that what the sets share cancels. Models that
 * only one side has are left out; undefined where none is left.
 *
 * @param group measurements of single models (and their mean, which is ignored).
 *
 * @throws RangeError when two inputs give different numbers for one model.
 */
export function pairedGain(group: readonly Measurement[], reference: readonly Measurement[]): Gain | undefined {
  const baseline = byModel(reference);
  const differences = [...byModel(group)].flatMap(([model, value]) => {
    const difference = value - (baseline.get(model) ?? NaN);
    return Number.isNaN(difference) ? [] : [difference];
  });
  return differences.length === 0 ? undefined : { ...meanInterval(differences), n: differences.length };
}

function byModel(measurements: readonly Measurement[]): Map<number, number> {
  const models = Map.groupBy(measurements.filter((m) => m.model >= 0), (m) => m.model);
  return new Map([...models].map(([model, candidates]) => [model, single(candidates)!.value]));
}
