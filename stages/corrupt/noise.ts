/** @file Symmetric label noise: how labels are replaced, and how the `group` column keeps what they were. */
import type { Value } from "../../dsl/mod.ts";
import { stream } from "../../engine/random.ts";
import type { Dataset } from "../artifacts/mod.ts";

const MARK = /(?:^| )noisy was=(\d+)$/;

/**
 * Gives the examples at these rows another class, each other one equally likely. Their group gets the words
 * `noisy was=3` at its end. The new class depends on seed and id alone, so that an example which is noisy at two rates
 * has the same label at both.
 *
 * @throws RangeError when the data set has one class only, or when an example is noisy already.
 */
export function mislabel(data: Value<typeof Dataset>, rows: readonly number[], seed: number): Value<typeof Dataset> {
  const classes = data.y.reduce((most, label) => Math.max(most, label), -1) + 1;
  if (classes < 2) throw new RangeError(`Cannot mislabel examples of a data set with ${classes} classes: it takes two`);
  const y = data.y.slice();
  const group = [...data.group];
  for (const row of rows) {
    if (isNoisy(group[row]!)) {
      throw new RangeError(`Cannot mislabel example ${data.id[row]} twice: its group is "${group[row]}"`);
    }
    const [shift] = stream(seed, "corrupt", "label", data.id[row]!).integers(1, 1, classes);
    y[row] = (data.y[row]! + shift!) % classes;
    group[row] = `${group[row]} noisy was=${data.y[row]}`.trimStart();
  }
  return { ...data, y, group };
}

/**
 * How many examples a rate is, of those of the train split.
 *
 * @throws RangeError when fewer can be mislabelled.
 */
export function noisyCount(rate: number, train: number, candidates: number, which: string): number {
  const count = Math.round(rate * train);
  if (count > candidates) {
    throw new RangeError(
      `Cannot mislabel ${count} of ${train} training examples (rate ${rate}): ${candidates} ${which}; lower "rate"`,
    );
  }
  return count;
}

/**
 * Whether an example's group says that `corrupt` changed its label.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import * as corrupt from "engram/stages/corrupt/mod.ts";
 * assert(corrupt.isNoisy("typical red noisy was=0") && !corrupt.isNoisy("typical red"));
 * ```
 */
export function isNoisy(group: string): boolean {
  return MARK.test(group);
}

/**
 * The class that an example had before `corrupt` changed it: that in its group, or its class where none was changed.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import * as corrupt from "engram/stages/corrupt/mod.ts";
 * assert(corrupt.originalLabel("noisy was=3", 7) === 3 && corrupt.originalLabel("", 7) === 7);
 * ```
 */
export function originalLabel(group: string, label: number): number {
  const match = MARK.exec(group);
  return match === null ? label : Number(match[1]);
}

/**
 * An example's group before `corrupt` changed its label.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import * as corrupt from "engram/stages/corrupt/mod.ts";
 * assert(corrupt.originalGroup("typical red noisy was=0") === "typical red");
 * ```
 */
export function originalGroup(group: string): string {
  return group.replace(MARK, "");
}
