/** @file What the stage `curvature` does: gradients of the loss at examples and beside them, compiled. Loads tfjs. */
import * as tf from "@tensorflow/tfjs-core";
import type { StageContext, Value } from "../../dsl/mod.ts";
import { type EngineOptions, type HostTensor, scan, type Specs } from "../../engine/mod.ts";
import { stream } from "../../engine/random.ts";
import type { Dataset, Models, Scores } from "../artifacts/mod.ts";
import { type Architecture, readModel } from "../train/architecture.ts";
import { normalize, perPixel } from "../train/augment/normalize.ts";
import { chunkFor } from "../train/chunk.ts";
import { crossEntropy } from "../train/losses/cross_entropy.ts";
import { engineTraits, Memo } from "../train/memo.ts";
import { network } from "../train/models/mod.ts";
import { predicting } from "../train/models/pass.ts";
import { unprefixed } from "../train/step.ts";
import { sizeOf, type Slot, type Tensor, type Tensors } from "../train/tensors.ts";
import { estimate } from "../sharpness/estimate.ts";

/** Images of a gradient, about: those of a step and those beside them. */
const IMAGES = 64;

interface Form extends Pick<Architecture, "model" | "input" | "classes"> {
  readonly directions: number;
  readonly h: number;
  /** Examples of a step. */
  readonly batch: number;
}

type Program = ReturnType<typeof build>;
const programs = new Memo<Program>(4);

/** A step takes `batch` examples and, of each, `directions` rows of bits; its output is the squared length of each turn. */
function build({ model, input, classes, directions, h, batch }: Form, options: EngineOptions) {
  const { height, width, channels } = input;
  const size = height * width * channels;
  const net = network(model, input, classes);
  const perImage = { dtype: "float32" as const, shape: [size] };
  function specs(slots: readonly Slot[], prefix: string): Specs {
    return Object.fromEntries(slots.map(({ name, shape }) => [prefix + name, { dtype: "float32" as const, shape }]));
  }
  return scan({
    constants: {
      ...specs(net.parameters, "w/"),
      ...specs(net.buffers, "b/"),
      scale: perImage,
      shift: perImage,
    } as Specs,
    carry: {},
    inputs: {
      x: { dtype: "uint8", shape: [batch, height, width, channels] },
      labels: { dtype: "int32", shape: [batch] },
      bits: { dtype: "uint8", shape: [batch * directions, size] },
    },
    step({ constants, inputs: { x, labels, bits } }) {
      const given = constants as Tensors;
      const parameters = unprefixed(given, "w/");
      const pass = predicting(unprefixed(given, "b/"));
      const images = normalize(tf, x, given.scale!, given.shift!, input);
      function gradient(at: Tensor, of: Tensor): Tensor {
        // Examples do not depend on each other: the gradient of the sum is that of each.
        const loss = (images: Tensor) => tf.sum(crossEntropy(tf, net.apply(tf, parameters, images, pass), of, 0));
        return tf.grad((images) => loss(images as Tensor))(at) as Tensor;
      }
      function repeated(tensor: Tensor, rest: readonly number[]): Tensor {
        const wide = tf.tile(tf.reshape(tensor, [batch, 1, ...rest]), [1, directions, ...rest.map(() => 1)]);
        return tf.reshape(wide, [batch * directions, ...rest]);
      }
      const signs = tf.sub(tf.mul(tf.cast(bits, "float32"), 2), 1);
      const flat = repeated(tf.reshape(images, [batch, size]), [size]);
      const beside = tf.reshape(tf.add(flat, tf.mul(signs, h)), [batch * directions, height, width, channels]);
      const there = tf.reshape(gradient(beside, repeated(labels, [])), [batch * directions, size]);
      const here = repeated(tf.reshape(gradient(images, labels), [batch, size]), [size]);
      const turn = tf.div(tf.sub(there, here), h);
      return { carry: {}, outputs: { squares: tf.sum(tf.mul(turn, turn), 1) } };
    },
  }, {
    ...options,
    name: `curvature of ${model.kind}`,
    key: JSON.stringify(["curvature", model, input, classes, directions, h, batch]),
  });
}

/** The curvature of one model's loss around every example. */
export async function curvatures(
  { models, data }: { models: Value<typeof Models>; data: Value<typeof Dataset> },
  { directions, h, norm, seed }: { directions: number; h: number; norm: "square" | "length"; seed: number },
  context: StageContext,
): Promise<Value<typeof Scores>> {
  const { architecture: { model, input, classes, normalization }, network: net, ...stored } = readModel(models);
  const [examples, ...shape] = data.x.shape as [number, number, number, number];
  const { height, width, channels } = input;
  if (shape.join() !== [height, width, channels].join()) {
    throw new TypeError(
      `Cannot take the curvature at images of ${
        shape.join("x")
      } with a model of ${height}x${width}x${channels}; give ` +
        `"curvature" the data set that "train" had`,
    );
  }
  const size = sizeOf(shape);
  const batch = Math.max(1, Math.floor(IMAGES / (directions + 1)));
  const engine = { device: context.device, programs: context.programs };
  const form: Form = { model, input, classes, directions, h, batch };
  const program = programs.get([form, engineTraits(engine)], () => build(form, engine));
  const constants = {
    ...tensors("w/", net.parameters, stored.parameters),
    ...tensors("b/", net.buffers, stored.buffers),
    scale: floats(perPixel(normalization.scale, size), [size]),
    shift: floats(perPixel(normalization.shift, size), [size]),
  };
  const found: { value: number; standardError: number }[] = [];
  const stride = batch * Math.max(1, Math.floor(chunkFor(net, 3 * (directions + 1), context.device) / batch));
  for (let from = 0; from < examples; from += stride) {
    context.signal.throwIfAborted();
    const to = Math.min(examples, from + stride);
    const inputs = feed(data, { from, to, batch, size, shape, directions, seed });
    const { outputs } = await program.run({ constants, carry: {}, inputs });
    for (let i = 0; i < to - from; i++) {
      const squares = outputs.squares.data.subarray(i * directions, (i + 1) * directions);
      found.push(estimate(Array.from(squares, (square) => norm === "square" ? square : Math.sqrt(square))));
    }
    context.progress({ done: to, total: examples, unit: "examples" });
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return {
    example: data.id,
    score: Array.from(data.id, () => "curvature"),
    value: Float64Array.from(found, ({ value }) => value),
    standardError: Float64Array.from(found, ({ standardError }) => standardError),
  };
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly batch: number;
  readonly size: number;
  readonly shape: readonly number[];
  readonly directions: number;
  readonly seed: number;
}

/** Steps of examples with their directions; the last step is filled up with zeros. */
function feed(data: Value<typeof Dataset>, { from, to, batch, size, shape, directions, seed }: Span) {
  const steps = Math.ceil((to - from) / batch);
  const x = new Uint8Array(steps * batch * size);
  const labels = new Int32Array(steps * batch);
  const bits = new Uint8Array(steps * batch * directions * size);
  const row = directions * size;
  for (let i = 0; i < to - from; i++) {
    x.set(data.x.data.subarray((from + i) * size, (from + i + 1) * size), i * size);
    labels[i] = data.y[from + i]!;
    const words = stream(seed, "curvature", data.id[from + i]!).uint32(Math.ceil(row / 32));
    for (let k = 0; k < row; k++) bits[i * row + k] = (words[k >> 5]! >>> (k & 31)) & 1;
  }
  return {
    x: { dtype: "uint8" as const, shape: [steps, batch, ...shape], data: x },
    labels: { dtype: "int32" as const, shape: [steps, batch], data: labels },
    bits: { dtype: "uint8" as const, shape: [steps, batch * directions, size], data: bits },
  };
}

function tensors(prefix: string, slots: readonly Slot[], values: Readonly<Record<string, Float32Array>>) {
  return Object.fromEntries(slots.map(({ name, shape }) => [prefix + name, floats(values[name]!, shape)]));
}

function floats(data: Float32Array, shape: readonly number[]): HostTensor {
  return { dtype: "float32", shape, data };
}
