/** @file What programs over a data set are fed: the data set once, and each step's rows of it with what was drawn for them. */
import type { HostTensor } from "../../engine/mod.ts";
import { pad } from "./augment/crop_flip.ts";
import { type Normalization, perPixel, scaleShape } from "./augment/normalize.ts";
import { POOL_SHAPE } from "./dropout.ts";
import { isAugmented, type Setup } from "./step.ts";
import { sizeOf } from "./tensors.ts";

/** Host tensors by name. */
export type HostTensorsByName = Readonly<Record<string, HostTensor>>;

/** Everything that the steps of an epoch are fed, row-major; `batch` entries a step but for the rates. */
export interface EpochFeed {
  readonly steps: number;
  /** Images of the train split, or with augmentation the crops' first pixels in the padded ones. */
  readonly rows: Int32Array<ArrayBuffer>;
  /** 1 where mirrored; only where images are flipped. */
  readonly flip?: Int32Array<ArrayBuffer>;
  readonly labels: Int32Array<ArrayBuffer>;
  readonly weights: Float32Array<ArrayBuffer>;
  /** Learning rate of each step. */
  readonly rates: Float32Array<ArrayBuffer>;
  /** What was drawn for the steps by purpose, `[steps, …]`. */
  readonly random?: HostTensorsByName;
  /** The same for what would be too much for a whole epoch: drawn for the steps of one call. */
  readonly draw?: (from: number, to: number) => HostTensorsByName;
  /** 1 where a batch ends, 0 where the next row goes on with it; absent: every row is a batch. */
  readonly ends?: Float32Array<ArrayBuffer>;
  /** The epoch's pool of dropout; only for a model that has dropout. */
  readonly pool?: Uint8Array<ArrayBuffer>;
}

/** A data set as it lies in memory. */
export interface Source {
  /** Pixels of the train split, `[images, height, width, channel]`. */
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly normalization: Normalization;
}

/** The constants of a run's calls. */
export function constantsOf(setup: Setup, { pixels, normalization }: Source): HostTensorsByName {
  const { input, augment, images } = setup;
  const { height, width, channels } = input;
  const augmented = isAugmented(augment);
  const table = augmented ? padded(pixels, setup) : pixels;
  const rowSize = height * width * channels;
  const columns = augmented ? channels : rowSize;
  const rows = augmented ? table.length / channels : images;
  const shape = scaleShape(input);
  return {
    pixels: { dtype: "uint8", shape: [rows, columns], data: table },
    scale: floats(perPixel(normalization.scale, sizeOf(shape)), shape),
    shift: floats(perPixel(normalization.shift, sizeOf(shape)), shape),
  };
}

/** The last padded images of a data set: the models of a group share them. Freed with the data set. */
const kept = new WeakMap<ArrayBuffer, { readonly of: string; readonly table: Uint8Array<ArrayBuffer> }>();

function padded(pixels: Uint8Array<ArrayBuffer>, { input, augment: { crop } }: Setup): Uint8Array<ArrayBuffer> {
  const of = JSON.stringify([pixels.byteOffset, pixels.length, input, crop]);
  const known = kept.get(pixels.buffer);
  if (known?.of === of) return known.table;
  const table = pad(pixels, input, crop);
  kept.set(pixels.buffer, { of, table });
  return table;
}

/** The constants of a call in an epoch: the run's, and the epoch's pool of dropout. */
export function constantsIn(feed: EpochFeed, constants: HostTensorsByName): HostTensorsByName {
  if (feed.pool === undefined) return constants;
  return { ...constants, pool: { dtype: "uint8", shape: POOL_SHAPE, data: feed.pool } };
}

/** What the steps `from` to `to` of an epoch look at: rows, mirroring, and dropout's places. */
export function viewsOf(feed: EpochFeed, { batch }: Setup, from: number, to: number): HostTensorsByName {
  const ints = (data: Int32Array): HostTensor => ({
    dtype: "int32",
    shape: [to - from, batch],
    data: data.subarray(from * batch, to * batch),
  });
  return {
    rows: ints(feed.rows),
    ...(feed.flip === undefined ? {} : { flip: ints(feed.flip) }),
    weights: floats(feed.weights.subarray(from * batch, to * batch), [to - from, batch]),
    ...Object.fromEntries(
      Object.entries(feed.random ?? {}).map(([name, tensor]) => [`random/${name}`, steps(tensor, from, to)]),
    ),
  };
}

/** All that the training steps `from` to `to` of an epoch are given. */
export function inputsOf(feed: EpochFeed, setup: Setup, from: number, to: number): HostTensorsByName {
  const { batch } = setup;
  const labels = feed.labels.subarray(from * batch, to * batch);
  return {
    ...viewsOf(feed, setup, from, to),
    labels: { dtype: "int32", shape: [to - from, batch], data: labels },
    rate: floats(feed.rates.subarray(from, to), [to - from]),
    ...Object.fromEntries(Object.entries(feed.draw?.(from, to) ?? {}).map(([name, t]) => [`random/${name}`, t])),
    ...(feed.ends === undefined ? {} : { "random/ends": floats(feed.ends.subarray(from, to), [to - from]) }),
  };
}

/** The part of a tensor `[steps, …]` that belongs to some of the steps. */
function steps({ dtype, shape: [, ...rest], data }: HostTensor, from: number, to: number): HostTensor {
  const size = sizeOf(rest);
  return { dtype, shape: [to - from, ...rest], data: data.subarray(from * size, to * size) };
}

/** A host tensor of floats. */
export function floats(data: Float32Array, shape: readonly number[]): HostTensor {
  return { dtype: "float32", shape, data };
}
