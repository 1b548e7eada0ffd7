/** @file Labels, ids and splits as files have them: checked, and brought into the form of a `Dataset`. */

/** The most classes a data set may have: a mistaken column would make a network with millions of outputs. */
const MOST_CLASSES = 100_000;

/**
 * Classes, 0-based, of a column of labels that counts from `first`.
 *
 * @param name says where they come from, for messages. @param parameter the name of the parameter that says `first`.
 * @throws RangeError for a label that is no whole number, is below `first`, or far too large.
 */
export function toClasses(labels: ArrayLike<number>, first: number, name: string, parameter?: string): Int32Array {
  const y = new Int32Array(labels.length);
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row]! - first;
    if (!Number.isInteger(label) || label < 0 || label >= MOST_CLASSES) {
      throw new RangeError(
        `Cannot use ${name} as labels: that of row ${row} is ${
          labels[row]
        }; classes are whole numbers from ${first} on` +
          `${parameter === undefined ? "" : ` (see "${parameter}")`}, fewer than ${MOST_CLASSES}`,
      );
    }
    y[row] = label;
  }
  return y;
}

/**
 * Classes of one-hot rows.
 *
 * @throws RangeError for a row that is not one 1 among zeros.
 */
export function fromOneHot(rows: ArrayLike<number>, classes: number, name: string): Int32Array {
  const y = new Int32Array(rows.length / classes);
  for (let row = 0; row < y.length; row++) {
    let [ones, zeros] = [0, 0];
    for (let c = 0; c < classes; c++) {
      const value = rows[row * classes + c];
      if (value === 1) [ones, y[row]] = [ones + 1, c];
      else if (value === 0) zeros++;
    }
    if (ones !== 1 || ones + zeros !== classes) {
      throw new RangeError(`Cannot use ${name} as one-hot labels: row ${row} is not one 1 and ${classes - 1} zeros`);
    }
  }
  return y;
}

/**
 * Ids of a column.
 *
 * @throws RangeError when one is no whole number of 32 bits, or appears twice.
 */
export function toIds(column: ArrayLike<number>, name: string): Uint32Array {
  const ids = Uint32Array.from(column);
  const bad = ids.findIndex((id, row) => id !== column[row]);
  if (bad >= 0) {
    throw new RangeError(
      `Cannot use ${name} as ids: row ${bad} has ${column[bad]}; ids are whole numbers of 0 to 2^32 - 1`,
    );
  }
  const seen = new Set<number>();
  for (const id of ids) {
    if (seen.has(id)) throw new RangeError(`Cannot use ${name} as ids: ${id} appears twice; each example has its own`);
    seen.add(id);
  }
  return ids;
}

/**
 * The splits of a column: "train" or "test", or 0 for train and 1 for test.
 *
 * @throws RangeError for anything else.
 */
export function toSplits(column: ArrayLike<number | string>, name: string): string[] {
  return Array.from(column, (value, row) => {
    if (value === "train" || value === "test") return value;
    if (value === 0 || value === "0") return "train";
    if (value === 1 || value === "1") return "test";
    throw new RangeError(
      `Cannot use ${name} as splits: row ${row} has "${value}"; write "train" or "test" (or 0 or 1)`,
    );
  });
}
