/** @file From a published set in the layout of MNIST to a `Dataset`: what load.mnist and load.fashionMnist share. */
import { z } from "zod";
import type { Value } from "../../dsl/mod.ts";
import type { Dataset } from "../artifacts/dataset.ts";
import { idxImages, parseIdx } from "./idx_format.ts";
import { type Images, toDataset } from "./images.ts";
import { IDX_FILES } from "./mnist_files.ts";
import { obtain, type ObtainContext } from "./sources/obtain.ts";
import type { Files, PublishedSet } from "./sources/types.ts";
import { pick, subsetParams } from "./subset.ts";

/** Parameters of both. */
export const publishedIdxParams = z.object({
  ...subsetParams({ train: 60_000, test: 10_000 }),
  folder: z.string().min(1).optional().describe("Folder with the four IDX files, packed or not, looked into first"),
});

/** Loads a published set in the layout of MNIST. */
export async function loadPublishedIdx(
  set: PublishedSet,
  { train, test, pick: how, seed, folder }: z.output<typeof publishedIdxParams>,
  context: ObtainContext,
): Promise<Value<typeof Dataset>> {
  const files = await obtain(set, context, folder);
  const trainImages = split(files, IDX_FILES.trainImages.name, IDX_FILES.trainLabels.name);
  const testImages = split(files, IDX_FILES.testImages.name, IDX_FILES.testLabels.name);
  return toDataset(
    { images: trainImages, indices: pick(trainImages.labels, { count: train, pick: how, seed, split: "train" }) },
    { images: testImages, indices: pick(testImages.labels, { count: test, pick: how, seed, split: "test" }) },
  );
}

function split(files: Files, images: string, labels: string): Images {
  return idxImages(parseIdx(files.get(images)!, images), parseIdx(files.get(labels)!, labels), [images, labels]);
}
