/** @file What every peer does: the same networks, one training step of gradient descent with momentum at a time. */

import { type HostTensor, stream } from "engram/engine/mod.ts";
import { type ModelSpec, modelSpec, type Network, network } from "engram/stages/train/models/mod.ts";

/** Examples in a step. */
export const BATCH = 128;
/** Examples in memory, from which minibatches are drawn. */
export const EXAMPLES = 4096;
const CLASSES = 10;

/** A measured network. */
export interface Workload {
  readonly spec: ModelSpec;
  readonly image: { readonly height: number; readonly width: number; readonly channels: number };
  /** Multiplications and additions of one image's forward pass in products and convolutions, layer by layer. */
  readonly layers: readonly number[];
  /** Steps of a repeat: some tenths of a second, or one where that takes longer. */
  readonly steps: number;
}

const GREY = { height: 28, width: 28, channels: 1 };
const COLOUR = { height: 32, width: 32, channels: 3 };

function dense(inputs: number, outputs: number): number {
  return 2 * inputs * outputs;
}

/** A convolution to `side`x`side` outputs. */
function conv(inputs: number, outputs: number, side: number, kernel = 3): number {
  return 2 * kernel * kernel * inputs * outputs * side * side;
}

function resNet9(width: number, steps: number, norm: "batch" | "group" = "batch"): Workload {
  const w = width;
  return {
    spec: modelSpec.parse({ kind: "resNet9", width, norm: { kind: norm } }),
    image: COLOUR,
    layers: [
      ...[conv(3, w, 32), conv(w, 2 * w, 32), conv(2 * w, 2 * w, 16), conv(2 * w, 2 * w, 16)],
      ...[conv(2 * w, 4 * w, 16), conv(4 * w, 8 * w, 8), conv(8 * w, 8 * w, 4), conv(8 * w, 8 * w, 4)],
      dense(8 * w, CLASSES),
    ],
    steps,
  };
}

function resNet18(): Workload {
  const stages = [128, 256, 512].flatMap((out, i) => {
    const side = 16 >> i;
    const rest = [conv(out, out, side), conv(out, out, side), conv(out, out, side)];
    return [conv(out / 2, out, side), conv(out / 2, out, side, 1), ...rest];
  });
  const first = Array.from({ length: 4 }, () => conv(64, 64, 32));
  const layers = [conv(3, 64, 32), ...first, ...stages, dense(512, CLASSES)];
  return { spec: modelSpec.parse({ kind: "resNet18" }), image: COLOUR, layers, steps: 1 };
}

/** The measured networks, small to large. */
export const WORKLOADS: Readonly<Record<string, Workload>> = {
  logistic: { spec: modelSpec.parse({ kind: "logistic" }), image: GREY, layers: [dense(784, CLASSES)], steps: 2000 },
  mlp: {
    spec: modelSpec.parse({ kind: "mlp", hidden: [512, 256] }),
    image: GREY,
    layers: [dense(784, 512), dense(512, 256), dense(256, CLASSES)],
    steps: 100,
  },
  cnn: {
    spec: modelSpec.parse({ kind: "cnn", channels: [16, 32], kernel: 3, pool: 2 }),
    image: COLOUR,
    layers: [conv(3, 16, 32), conv(16, 32, 16), dense(2048, CLASSES)],
    steps: 16,
  },
  "resnet9-16": resNet9(16, 2),
  "resnet9-16-group": resNet9(16, 2, "group"),
  "resnet9-64": resNet9(64, 1),
  resnet18: resNet18(),
};

/** A workload by its name. Throws for one that is unknown. */
export function workload(name: string): Workload {
  const found = WORKLOADS[name];
  if (!found) throw new RangeError(`Unknown model "${name}": there are ${Object.keys(WORKLOADS).join(", ")}`);
  return found;
}

/** The network behind a workload. */
export function networkOf({ spec, image }: Workload): Network {
  return network(spec, image, CLASSES);
}

/** Operations of one image's training step: backwards, each layer has two products, the first only that for its weights. */
export function trainingOperations({ layers }: Workload): number {
  return 3 * layers.reduce((sum, layer) => sum + layer, 0) - layers[0]!;
}

/** Something that trains and says how fast: images per second. */
export interface Trainable {
  run(steps: number): Promise<number>;
  dispose(): Promise<void>;
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Bytes for images, labels, and what is carried: parameters `w/`, zero momenta `m/`, running statistics `b/`. */
export function startOf(name: string): {
  constants: { images: HostTensor; labels: HostTensor };
  carry: Record<string, HostTensor>;
} {
  const given = workload(name);
  const { parameters, buffers } = networkOf(given);
  const draw = stream("bench", name);
  const pixels = given.image.height * given.image.width * given.image.channels;
  const bytes = new Uint8Array(EXAMPLES * pixels);
  // An image at a time, in a plain loop: Uint8Array.from() with a function took 500 MB, several times what training takes.
  for (let image = 0; image < EXAMPLES; image++) {
    const words = draw.at("images", image).uint32(pixels);
    for (let i = 0; i < pixels; i++) bytes[image * pixels + i] = words[i]! >>> 24;
  }
  const filled = (shape: readonly number[], value: number): HostTensor => {
    return { dtype: "float32", shape, data: new Float32Array(sizeOf(shape)).fill(value) };
  };
  const carry: Record<string, HostTensor> = {};
  for (const { name, shape, std, start = 0 } of parameters) {
    const data = draw.at(name).normal(sizeOf(shape)).map((x) => start + std * x);
    carry[`w/${name}`] = { dtype: "float32", shape, data };
    carry[`m/${name}`] = filled(shape, 0);
  }
  for (const { name, shape, start } of buffers) carry[`b/${name}`] = filled(shape, start);
  return {
    constants: {
      images: { dtype: "uint8", shape: [EXAMPLES, pixels], data: bytes },
      labels: { dtype: "int32", shape: [EXAMPLES], data: draw.at("labels").integers(EXAMPLES, 0, CLASSES) },
    },
    carry,
  };
}

/** Indices of a number of minibatches. */
export function minibatches(steps: number): HostTensor {
  const data = stream("bench", "batches").integers(steps * BATCH, 0, EXAMPLES);
  return { dtype: "int32", shape: [steps, BATCH], data };
}
