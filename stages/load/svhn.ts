/** @file load.svhn: Netzer et al. (2011), Reading Digits in Natural Images with Unsupervised Feature Learning. */
import { z } from "zod";
import { stage } from "../../dsl/mod.ts";
import { Dataset } from "../artifacts/dataset.ts";
import { type Images, toDataset } from "./images.ts";
import { parseMat } from "./mat_format.ts";
import { checkPair, filePair, ownPair, ownPairParams } from "./own_pair.ts";
import { obtain } from "./sources/obtain.ts";
import { pick, subsetParams } from "./subset.ts";
import { SVHN, SVHN_FILES } from "./svhn_files.ts";

const params = z.object({
  ...subsetParams({ train: 73_257, test: 26_032 }),
  folder: z.string().min(1).optional().describe(
    'Folder with "train_32x32.mat" and "test_32x32.mat", looked into first',
  ),
  ...ownPairParams("train_32x32.mat", "test_32x32.mat", "of cropped digits"),
}).refine(checkPair.check, { error: checkPair.error });

/**
 * SVHN, cropped digits: 73257 train and 26032 test colour photographs of house numbers, 32x32x3, class = the digit in
 * the middle (which the files call 10 for 0). Classes are not equally large. Ids are 0-73256 for the train split and
 * 73257-99288 for the test split.
 *
 * Collected by Yuval Netzer, Tao Wang, Adam Coates, Alessandro Bissacco, Bo Wu and Andrew Y. Ng, for non-commercial use.
 *
 * The files are looked for in parameter `folder`, in the data directory, and on the authors' site; their SHA-256, those
 * in TensorFlow Datasets, are checked at every use. The format has been tested on files that SciPy wrote, as none of the
 * public package registries has the data. `trainFile` and `testFile` take other files of the same format (`X`:
 * 32 x 32 x 3 x n unsigned bytes, `y`: n labels of 1-10), whatever they hold; their contents are part of the cache key.
 *
 * @throws DataUnavailableError when no place has the files. It lists what was tried, and the remedy. TypeError or
 * RangeError when a file of one's own is no such file, is cut off, or has other shapes or labels.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import * as load from "engram/stages/load/mod.ts";
 * const data = load.svhn({ train: 5000, test: 1000 });
 * assert(data.params.pick === "balanced");
 * ```
 */
export const svhn = stage({
  name: "svhn",
  doc: "SVHN: 32x32 colour photographs of digits of house numbers",
  inputs: {},
  params,
  output: Dataset,
  // Whatever the folder holds is used only if it has the pinned contents.
  unkeyed: ["folder"],
  files: ownPair,
  outside: "published files, accepted only with their pinned SHA-256; one's own are part of the key",
  async run(_inputs, { train, test, pick: how, seed, folder, ...own }, context) {
    const [trainFile, testFile] = await filePair(own, SVHN_FILES, () => obtain(SVHN, context, folder));
    const [trainImages, testImages] = [svhnImages(...trainFile), svhnImages(...testFile)];
    return toDataset(
      { images: trainImages, indices: pick(trainImages.labels, { count: train, pick: how, seed, split: "train" }) },
      { images: testImages, indices: pick(testImages.labels, { count: test, pick: how, seed, split: "test" }) },
    );
  },
});

const [SIDE, CHANNELS] = [32, 3];
const PLANE = SIDE * SIDE;

/** Images of a file: `X` is stored with rows fastest, then columns, channels and images. */
function svhnImages(bytes: Uint8Array, name: string): Images {
  const arrays = parseMat(bytes, name);
  const [x, y] = [arrays.get("X"), arrays.get("y")];
  if (x === undefined || y === undefined) {
    const there = [...arrays.keys()].map((key) => `"${key}"`).join(", ");
    throw new RangeError(`Cannot read "${name}" as SVHN: it has ${there || "no array"}; it takes "X" and "y"`);
  }
  // MATLAB leaves out the last axis where it has length 1.
  const [height, width, channels, count = 1] = x.shape;
  const isBytes = x.data instanceof Uint8Array;
  if (height !== SIDE || width !== SIDE || channels !== CHANNELS || count !== y.data.length || !isBytes) {
    throw new RangeError(
      `Cannot read "${name}" as SVHN: "X" is ${x.shape.join("x")}${
        isBytes ? "" : ", not unsigned bytes"
      }, and "y" has ` +
        `${y.data.length} labels; it takes 32x32x3xn unsigned bytes and n labels: use the format with cropped digits`,
    );
  }
  const labels = Uint8Array.from(y.data, (label) => label === 10 ? 0 : label);
  const bad = Array.from(y.data).findIndex((label) => !Number.isInteger(label) || label < 1 || label > 10);
  if (bad >= 0) throw new RangeError(`Cannot read "${name}" as SVHN: label ${bad} is ${y.data[bad]}; they are 1 to 10`);
  const pixels = x.data as Uint8Array;
  return {
    shape: [SIDE, SIDE, CHANNELS],
    labels,
    copy(index, target, offset) {
      const from = index * CHANNELS * PLANE;
      for (let row = 0, out = offset; row < SIDE; row++) {
        for (let column = 0; column < SIDE; column++) {
          for (let c = 0; c < CHANNELS; c++) target[out++] = pixels[from + c * PLANE + column * SIDE + row]!;
        }
      }
    },
  };
}
