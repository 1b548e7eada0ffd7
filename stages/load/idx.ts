/** @file load.idx: the user's own images, from IDX files. */
import { z } from "zod";
import { stage } from "../../dsl/mod.ts";
import { Dataset } from "../artifacts/dataset.ts";
import { idxImages, parseIdx } from "./idx_format.ts";
import { type Images, toDataset } from "./images.ts";
import { readOwn } from "./own_file.ts";
import { pick, subsetParams } from "./subset.ts";

const path = z.string().min(1);
const params = z.object({
  images: path.describe("IDX file of training images: count x height x width [x channel], unsigned bytes"),
  labels: path.describe("IDX file of training labels: count, unsigned bytes, 0-based"),
  testImages: path.describe("IDX file of test images, of the same size"),
  testLabels: path.describe("IDX file of test labels"),
  ...subsetParams({ train: Number.MAX_SAFE_INTEGER, test: Number.MAX_SAFE_INTEGER }),
});

/**
 * A data set of one's own, from four files in MNIST's IDX format, each plain or gzipped. Images are unsigned bytes,
 * `[n, height, width]` or `[n, height, width, channel]`; labels are 0-based. An example's id is its index in its file,
 * where the test file follows the train file.
 *
 * The contents of the files, not their names, enter the cache key.
 *
 * @throws TypeError when a file is no IDX file of unsigned bytes. RangeError when one is cut off, when images and
 * labels differ in number, or when train and test images differ in size.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import * as load from "engram/stages/load/mod.ts";
 * const data = load.idx({ images: "x.idx.gz", labels: "y.idx", testImages: "xt.idx.gz", testLabels: "yt.idx" });
 * assert(data.stage.files !== undefined);
 * ```
 */
export const idx = stage({
  name: "idx",
  doc: "Images of one's own, from IDX files",
  inputs: {},
  params,
  output: Dataset,
  files: ({ images, labels, testImages, testLabels }) => [images, labels, testImages, testLabels],
  async run(_inputs, { images, labels, testImages, testLabels, train, test, pick: how, seed }) {
    const trainSplit = await readSplit(images, labels);
    const testSplit = await readSplit(testImages, testLabels);
    if (trainSplit.shape.join() !== testSplit.shape.join()) {
      const sizes = `${trainSplit.shape.join("x")} in "${images}", ${testSplit.shape.join("x")} in "${testImages}"`;
      throw new RangeError(`Cannot join train and test images of different sizes: ${sizes}; resize one of them`);
    }
    return toDataset(
      { images: trainSplit, indices: pick(trainSplit.labels, { count: train, pick: how, seed, split: "train" }) },
      { images: testSplit, indices: pick(testSplit.labels, { count: test, pick: how, seed, split: "test" }) },
    );
  },
});

async function readSplit(images: string, labels: string): Promise<Images> {
  return idxImages(parseIdx(await readOwn(images), images), parseIdx(await readOwn(labels), labels), [images, labels]);
}
