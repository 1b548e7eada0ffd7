/** @file load.fashionMnist: Xiao, Rasul and Vollgraf, Fashion-MNIST (arXiv 1708.07747). */
import { stage } from "../../dsl/mod.ts";
import { Dataset } from "../artifacts/dataset.ts";
import { FASHION_MNIST } from "./mnist_files.ts";
import { loadPublishedIdx, publishedIdxParams } from "./published_idx.ts";

/**
 * Fashion-MNIST: 60000 train and 10000 test images of clothes, 28x28x1, in 10 classes: T-shirt or top, trouser,
 * pullover, dress, coat, sandal, shirt, sneaker, bag, ankle boot. Ids are 0-59999 for the train split and 60000-69999
 * for the test split.
 *
 * Copyright 2017 Zalando SE, MIT licence.
 *
 * The files are looked for in parameter `folder`, in the data directory, where Debian's package
 * `dataset-fashion-mnist` puts them, and in the authors' bucket. Debian's files are the authors': with the original
 * gzip headers put back (name and time, which Debian strips) all four have the SHA-256 sums in TensorFlow Datasets.
 * Each file is checked against its SHA-256 at every use. Downloading from the bucket has been tested with a local
 * server only.
 *
 * @throws DataUnavailableError when no place has the files. It lists what was tried, and the remedy.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import * as load from "engram/stages/load/mod.ts";
 * const data = load.fashionMnist({ train: 1000, test: 1000, pick: "first" });
 * assert(data.params.seed === 0);
 * ```
 */
export const fashionMnist = stage({
  name: "fashion-mnist",
  doc: "Fashion-MNIST: 28x28 images of clothes in 10 classes",
  inputs: {},
  params: publishedIdxParams,
  output: Dataset,
  // Whatever the folder holds is used only if it has the pinned contents.
  unkeyed: ["folder"],
  outside: "published files, accepted only with their pinned SHA-256",
  run: (_inputs, params, context) => loadPublishedIdx(FASHION_MNIST, params, context),
});
