/** @file The vocabulary of training: tensors by name, and layouts that say which tensors there are. Types mostly. */
import type * as tfjs from "@tensorflow/tfjs-core";

/**
 * The tfjs namespace. Models and optimizers take it as an argument, so that declaring one (and hence importing a
 * pipeline) does not load tfjs; whoever traces them passes it in.
 */
export type Tf = typeof tfjs;
export type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";

/** Tensors by name. The order of the names is that of the {@link Layout} they belong to. */
export type Tensors = Readonly<Record<string, tfjs.Tensor>>;

/** A float32 tensor that a model or an optimizer keeps. */
export interface Slot {
  readonly name: string;
  readonly shape: readonly number[];
}

/** The tensors a model or an optimizer keeps, in order. */
export type Layout = readonly Slot[];

/** Extents of one example. Vectors are images of height 1 and one channel. */
export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Applies `f` to every tensor, by name. */
export function mapTensors<T>(
  tensors: Readonly<Record<string, T>>,
  f: (tensor: T, name: string) => tfjs.Tensor,
): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, f(tensor, name)]));
}

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Number of elements of all tensors of a layout. */
export function totalSize(layout: Layout): number {
  return layout.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}
