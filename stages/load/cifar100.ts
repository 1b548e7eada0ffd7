/** @file load.cifar100: Krizhevsky (2009), Learning Multiple Layers of Features from Tiny Images, chapter 3. */
import { z } from "zod";
import { stage } from "../../dsl/mod.ts";
import { Dataset } from "../artifacts/dataset.ts";
import { CIFAR100 } from "./cifar100_files.ts";
import { cifarImages, RECORD_BYTES_100 } from "./cifar_format.ts";
import { type Images, toDataset } from "./images.ts";
import { checkPair, filePair, ownPair, ownPairParams } from "./own_pair.ts";
import { obtain } from "./sources/obtain.ts";
import { pick, subsetParams } from "./subset.ts";
import { tarEntries } from "./tar_entries.ts";

const FILES = ["train.bin", "test.bin"] as const;
const CLASSES = { coarse: 20, fine: 100 };

const params = z.object({
  ...subsetParams({ train: 50_000, test: 10_000 }),
  labels: z.enum(["fine", "coarse"]).default("fine").describe("100 classes, or 20 superclasses of 5 each"),
  folder: z.string().min(1).optional().describe('Folder with "cifar-100-binary.tar.gz", looked into first'),
  ...ownPairParams("train.bin", "test.bin", "of the binary version"),
}).refine(checkPair.check, { error: checkPair.error });

/**
 * CIFAR-100: 50000 train and 10000 test colour photographs, 32x32x3, in 100 classes (`labels: "fine"`) or their 20
 * superclasses ("coarse"). Ids are 0-49999 for the train split and 50000-59999 for the test split, whatever the labels.
 *
 * Collected by Alex Krizhevsky, Vinod Nair and Geoffrey Hinton as a labelled part of the 80 million tiny images. The
 * authors state no licence; they ask that users cite Krizhevsky's report.
 *
 * The tarball is looked for in parameter `folder`, in the data directory, and on the authors' site; its SHA-256, the
 * one in TensorFlow Datasets, is checked at every use. The format has been tested on files of our own making only, as
 * none of the public package registries has the data. `trainFile` and `testFile` take unpacked files, whatever they
 * hold; then their contents are part of the cache key.
 *
 * @throws DataUnavailableError when no place has the tarball. It lists what was tried, and the remedy. RangeError when
 * a file of one's own is cut off or has labels that are none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import * as load from "engram/stages/load/mod.ts";
 * const data = load.cifar100({ train: 5000, test: 1000, labels: "coarse" });
 * assert(data.params.pick === "balanced");
 * ```
 */
export const cifar100 = stage({
  name: "cifar100",
  doc: "CIFAR-100: 32x32 colour photographs in 100 classes or 20 superclasses",
  inputs: {},
  params,
  output: Dataset,
  // Whatever the folder holds is used only if it has the pinned contents.
  unkeyed: ["folder"],
  files: ownPair,
  outside: "published files, accepted only with their pinned SHA-256; one's own are part of the key",
  async run(_inputs, { train, test, pick: how, seed, labels, folder, ...own }, context) {
    const [trainFile, testFile] = await filePair(own, FILES, async () => {
      const [tarball] = (await obtain(CIFAR100, context, folder)).values();
      return tarEntries(tarball!, FILES);
    });
    const [trainImages, testImages] = [imagesOf(...trainFile, labels), imagesOf(...testFile, labels)];
    return toDataset(
      { images: trainImages, indices: pick(trainImages.labels, { count: train, pick: how, seed, split: "train" }) },
      { images: testImages, indices: pick(testImages.labels, { count: test, pick: how, seed, split: "test" }) },
    );
  },
});

function imagesOf(bytes: Uint8Array, name: string, labels: "fine" | "coarse"): Images {
  if (bytes.length === 0 || bytes.length % RECORD_BYTES_100 !== 0) {
    throw new RangeError(
      `Cannot read "${name}" as CIFAR-100: its ${bytes.length} bytes are no whole records of ${RECORD_BYTES_100}; it is cut ` +
        `off, or not the binary version`,
    );
  }
  const images = cifarImages([bytes], { count: 2, take: labels === "coarse" ? 0 : 1 });
  const bad = images.labels.findIndex((label) => label >= CLASSES[labels]);
  if (bad >= 0) {
    throw new RangeError(
      `Cannot read "${name}" as CIFAR-100: image ${bad} has ${labels} label ${images.labels[bad]}, and there are ` +
        `${CLASSES[labels]} classes; use the binary version`,
    );
  }
  return images;
}
