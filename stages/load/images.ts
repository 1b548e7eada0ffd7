/** @file Labelled images of one split as a file format holds them, and how chosen ones become a `Dataset`. */
import type { Value } from "../../dsl/mod.ts";
import type { Dataset } from "../artifacts/dataset.ts";

/** Labelled images in whatever layout their files have. */
export interface Images {
  /** `[height, width, channel]`. */
  readonly shape: readonly [number, number, number];
  /** The class of each image, 0-based. */
  readonly labels: Uint8Array;
  /** Copies image `index` to `target` from `offset` on, in the order `[height, width, channel]`. */
  copy(index: number, target: Uint8Array, offset: number): void;
}

/** Images of a split, and which of them to take, by index. */
export interface Chosen {
  readonly images: Images;
  readonly indices: Uint32Array;
}

/**
 * Makes a data set of chosen images. An image's id is its index in the full original set, where the test split follows
 * the train split.
 */
export function toDataset(train: Chosen, test: Chosen): Value<typeof Dataset> {
  const [height, width, channels] = train.images.shape;
  const size = height * width * channels;
  const rows = train.indices.length + test.indices.length;
  const id = new Uint32Array(rows);
  const y = new Int32Array(rows);
  const x = new Uint8Array(rows * size);
  let row = 0;
  for (const [{ images, indices }, firstId] of [[train, 0], [test, train.images.labels.length]] as const) {
    for (const index of indices) {
      id[row] = firstId + index;
      y[row] = images.labels[index]!;
      images.copy(index, x, row * size);
      row++;
    }
  }
  return {
    id,
    x: { data: x, shape: [rows, height, width, channels] },
    y,
    split: splitColumn(train.indices.length, test.indices.length),
    group: new Array<string>(rows).fill(""),
  };
}

/** The `split` column for so many train rows followed by so many test rows. */
export function splitColumn(train: number, test: number): string[] {
  return [...new Array<string>(train).fill("train"), ...new Array<string>(test).fill("test")];
}
