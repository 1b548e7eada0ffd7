/** @file load.purchase100: Shokri et al. (2017), Membership Inference Attacks against Machine Learning Models, 6.1. */
import { z } from "zod";
import { stage } from "../../dsl/mod.ts";
import { Dataset } from "../artifacts/dataset.ts";
import { bitPool, poolFromNpz } from "./bit_table.ts";
import { parseBits } from "./bit_text.ts";
import { toClasses } from "./labels.ts";
import { isZip } from "./npz_format.ts";
import { readOwn } from "./own_file.ts";
import { fromPool, poolParams } from "./pool.ts";

const FEATURES = 600;

const params = z.object({
  path: z.string().min(1).describe('The file: "dataset_purchase", as text or gzipped, or "purchase100.npz"'),
  ...poolParams,
});

/**
 * Purchase-100, from a file of one's own: 197324 customers, each with 600 bits (which products were bought), in 100
 * classes that Shokri et al. made by clustering the customers of Kaggle's "acquire valued shoppers" challenge. It cannot
 * be fetched: the challenge's terms do not allow to pass it on.
 *
 * Formats, told apart by their contents:
 * - `dataset_purchase` as Shokri's group published it: a row a customer, a label of 1-100 and 600 bits between commas.
 * - npz with `features`, n x 600, and `labels`, n x 100 one-hot or n classes from 0 on: `purchase100.npz`.
 *
 * Both were read off code that uses the files, not off the files. Bits become pixels 0 and 255 of an image
 * `[1, 600, 1]`. With `normalize: "unit"` a network sees 0 and 1, as is usual for this set; with "members", the bits minus
 * their mean over all columns, over their deviation.
 *
 * The file has no splits: see `train`, `test` and `pick`. Ids are row numbers, from 0 on.
 *
 * @throws TypeError or RangeError when the file has another format, is cut off, or has other values; it says where.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import * as load from "engram/stages/load/mod.ts";
 * const data = load.purchase100({ path: "dataset_purchase", train: 20000, test: 20000 });
 * assert(data.stage.files !== undefined);
 * ```
 */
export const purchase100 = stage({
  name: "purchase100",
  doc: "Purchase-100: 600 bits of purchases in 100 classes, from a file of one's own",
  inputs: {},
  params,
  output: Dataset,
  files: ({ path }) => [path],
  async run(_inputs, { path, ...options }) {
    const bytes = await readOwn(path);
    const pool = isZip(bytes) ? await poolFromNpz(bytes, path) : fromText(bytes, path);
    if (pool.shape[1] !== FEATURES) {
      throw new RangeError(`Cannot use "${path}" as Purchase-100: it has ${pool.shape[1]} features, not ${FEATURES}`);
    }
    return fromPool(pool, options);
  },
});

function fromText(bytes: Uint8Array, path: string) {
  const { rows, columns, labels, pixels } = parseBits(bytes, true, path);
  return bitPool(rows, columns, pixels, toClasses(labels, 1, `the first column of "${path}"`), path);
}
