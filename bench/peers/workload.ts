/** @file What every peer does: the same two networks, one training step of gradient descent with momentum at a time. */

import { type HostTensor, stream } from "engram/engine/mod.ts";
import { cnn, mlp, type Model, stateShapes } from "../../tests/engine/models.ts";

/** Examples in a step. */
export const BATCH = 128;
/** Examples in memory, from which minibatches are drawn. */
export const EXAMPLES = 4096;
const CLASSES = 10;

/** The measured networks. */
export const MODELS = {
  /** 784-512-256-10 over 28x28 grey images. */
  mlp: mlp([28, 28, 1], [512, 256]),
  /** Two 3x3 convolutions (16, 32), each with relu and a 2x2 maximum, and a dense layer, over 32x32 colour images. */
  cnn: cnn([32, 32, 3], [16, 32]),
} satisfies Record<string, Model>;

/** Names of the measured networks. */
export type ModelName = keyof typeof MODELS;

/** Something that trains and says how fast. */
export interface Trainable {
  /** Trains for some steps and returns images per second. */
  run(steps: number): Promise<number>;
  dispose(): Promise<void>;
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Bytes for images, labels, and starting parameters with zero momenta. */
export function startOf(name: ModelName): {
  constants: { images: HostTensor; labels: HostTensor };
  carry: Record<string, HostTensor>;
} {
  const draw = stream("bench", name);
  const pixels = sizeOf(MODELS[name].image);
  const bytes = Uint8Array.from(draw.at("images").uint32(EXAMPLES * pixels), (word) => word >>> 24);
  const carry = Object.entries(stateShapes(MODELS[name])).map(([key, shape]): [string, HostTensor] => {
    const scale = key.endsWith(".momentum") ? 0 : 1 / Math.sqrt(sizeOf(shape.slice(0, -1)));
    return [key, { dtype: "float32", shape, data: draw.at(key).normal(sizeOf(shape)).map((x) => x * scale) }];
  });
  return {
    constants: {
      images: { dtype: "uint8", shape: [EXAMPLES, pixels], data: bytes },
      labels: { dtype: "int32", shape: [EXAMPLES], data: draw.at("labels").integers(EXAMPLES, 0, CLASSES) },
    },
    carry: Object.fromEntries(carry),
  };
}

/** Indices of a number of minibatches. */
export function minibatches(steps: number): HostTensor {
  const data = stream("bench", "batches").integers(steps * BATCH, 0, EXAMPLES);
  return { dtype: "int32", shape: [steps, BATCH], data };
}
