/** @file load.texas100: Shokri et al. (2017), Membership Inference Attacks against Machine Learning Models, 6.1. */
import { z } from "zod";
import { stage } from "../../dsl/mod.ts";
import { Dataset } from "../artifacts/dataset.ts";
import { bitPool, poolFromNpz } from "./bit_table.ts";
import { parseBits } from "./bit_text.ts";
import { toClasses } from "./labels.ts";
import { isZip } from "./npz_format.ts";
import { readOwn } from "./own_file.ts";
import { fromPool, poolParams } from "./pool.ts";

const params = z.object({
  path: z.string().min(1).describe('The features: "texas/100/feats", as text or gzipped, or "texas100.npz"'),
  labels: z.string().min(1).optional().describe('The labels that belong to "feats": "texas/100/labels"'),
  ...poolParams,
});

/**
 * Texas-100, from files of one's own: 67330 hospital stays, each with about 6170 bits (causes of injury, diagnoses,
 * procedures, patient), in 100 classes: the most frequent main procedures. It cannot be fetched from here: the Texas
 * Department of State Health Services gives the records out under terms of its own.
 *
 * Formats, told apart by their contents:
 * - `texas/100/feats` and `texas/100/labels` as Shokri's group published them: a row a stay, bits between commas, and a
 *   label of 1-100.
 * - npz with `features`, n x bits, and `labels`, n x 100 one-hot or n classes from 0 on: `texas100.npz`; no `labels` file.
 *
 * Both were read off code that uses the files, not off the files; some of it leaves out the first column of `feats`.
 * Here every column is a feature, and how many there are is up to the file. Bits become pixels 0 and 255 of an image
 * `[1, bits, 1]`; what normalization makes of them is told at `load.purchase100`.
 *
 * The files have no splits: see `train`, `test` and `pick`. Ids are row numbers, from 0 on.
 *
 * @throws TypeError or RangeError when a file has another format, is cut off, or has other values, and when features
 * and labels differ in number.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import * as load from "engram/stages/load/mod.ts";
 * const data = load.texas100({ path: "texas/100/feats", labels: "texas/100/labels", train: 10000, test: 10000 });
 * assert(data.params.pick === "random");
 * ```
 */
export const texas100 = stage({
  name: "texas100",
  doc: "Texas-100: some 6170 bits of hospital stays in 100 classes, from files of one's own",
  inputs: {},
  params,
  output: Dataset,
  files: ({ path, labels }) => labels === undefined ? [path] : [path, labels],
  async run(_inputs, { path, labels, ...options }) {
    const bytes = await readOwn(path);
    if (isZip(bytes) !== (labels === undefined)) {
      throw new TypeError(
        labels === undefined
          ? `Cannot read "${path}" as npz: it is no zip archive; for text, give the file of labels by "labels"`
          : `Cannot use "labels": "${path}" is an npz file, which has its labels in it; leave "labels" out`,
      );
    }
    return fromPool(
      labels === undefined ? await poolFromNpz(bytes, path) : await fromText(bytes, path, labels),
      options,
    );
  },
});

async function fromText(bytes: Uint8Array, path: string, labels: string) {
  const { rows, columns, pixels } = parseBits(bytes, false, path);
  const text = parseLabels(await readOwn(labels), labels);
  if (text.length !== rows) {
    throw new RangeError(
      `Cannot pair ${rows} rows of "${path}" with ${text.length} labels of "${labels}": give one for each`,
    );
  }
  return bitPool(rows, columns, pixels, toClasses(text, 1, `"${labels}"`), path);
}

/** A label a line; what is no number is found by the check of labels. */
function parseLabels(bytes: Uint8Array, name: string): number[] {
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "");
  if (lines.length === 0) throw new RangeError(`Cannot read "${name}": it is empty; give one label a line`);
  return lines.map(Number);
}
