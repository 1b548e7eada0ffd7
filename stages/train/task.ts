/** @file What a model learns from: the train split's pixels and classes, and which rows of it are members. */
import type { Value } from "../../dsl/mod.ts";
import type { Dataset, Masks } from "../artifacts/mod.ts";
import type { ImageShape } from "./tensors.ts";

/** The train split as a model sees it. */
export interface Task {
  readonly input: ImageShape;
  /** Largest class of the whole data set, plus 1. */
  readonly classes: number;
  /** Rows of the train split. */
  readonly images: number;
  /** Pixels of the train split. */
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly labels: Int32Array;
  /** Rows that are members, ascending. */
  readonly members: Int32Array<ArrayBuffer>;
}

/**
 * Reads a model's task.
 *
 * @throws TypeError when the mask is not about the train split's examples, in its order
 */
export function taskOf(data: Value<typeof Dataset>, masks: Value<typeof Masks>): Task {
  const firstTest = data.split.findIndex((split) => split !== "train");
  const images = firstTest === -1 ? data.split.length : firstTest;
  if (masks.example.length !== images) {
    throw new TypeError(
      `Cannot train with a mask over ${masks.example.length} examples on a train split of ${images}; ` +
        `make "masks" from the same data set`,
    );
  }
  const odd = masks.example.findIndex((id, row) => id !== data.id[row]);
  if (odd !== -1) {
    throw new TypeError(
      `Cannot train with a mask whose row ${odd} is example ${masks.example[odd]} where the data set has ${
        data.id[odd]
      }; ` +
        `make "masks" from the same data set`,
    );
  }
  const [, height, width, channels] = data.x.shape as [number, number, number, number];
  const members: number[] = [];
  masks.member.forEach((member, row) => member && members.push(row));
  return {
    input: { height, width, channels },
    classes: data.y.reduce((most, y) => Math.max(most, y), 0) + 1,
    images,
    pixels: data.x.data.subarray(0, images * height * width * channels) as Uint8Array<ArrayBuffer>,
    labels: data.y,
    members: Int32Array.from(members),
  };
}
