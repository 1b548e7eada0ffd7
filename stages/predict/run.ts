/** @file What the stage `predict` does: one model's logits on all examples and views. Loads tfjs. */
import * as tf from "@tensorflow/tfjs-core";
import type { StageContext, Value } from "../../dsl/mod.ts";
import { type EngineOptions, type HostTensor, scan, type ScanProgram, shrinking } from "../../engine/mod.ts";
import type { Dataset, Models, Predictions } from "../artifacts/mod.ts";
import { type Architecture, readModel } from "../train/architecture.ts";
import { normalize, perPixel } from "../train/augment/normalize.ts";
import { chunkFor } from "../train/chunk.ts";
import { engineTraits, Memo } from "../train/memo.ts";
import { layoutOf } from "../train/models/model.ts";
import { predicting } from "../train/models/pass.ts";
import { type Network, network } from "../train/models/mod.ts";
import { reuses } from "../train/slices.ts";
import { unprefixed } from "../train/step.ts";
import { sizeOf, type Slot, type Tensors } from "../train/tensors.ts";
import { pixelMaps, type ViewsSpec } from "./views/mod.ts";
import { copyView } from "./views/view.ts";

/** Images of one forward pass: of a network whose weights are worth loading for few, few fit a processor's cache. */
function batchFor(net: Network, device = "cpu"): number {
  return device === "cpu" && reuses(net) ? 32 : 256;
}

type Shape = Pick<Architecture, "model" | "input" | "classes">;
const programs = new Memo<ScanProgram<string, string, "x", "logits">>(8);

/** The forward pass over steps of `batchFor()` images; parameters, running statistics and normalization are constants. */
function build({ model, input, classes }: Shape, options: EngineOptions) {
  const { height, width, channels } = input;
  const net = network(model, input, classes);
  const batch = batchFor(net, options.device);
  const perImage = { dtype: "float32" as const, shape: [height * width * channels] };
  function specs(slots: readonly Slot[], prefix: string) {
    return Object.fromEntries(
      layoutOf(slots).map(({ name, shape }) => [prefix + name, { dtype: "float32" as const, shape }]),
    );
  }
  return scan({
    constants: { ...specs(net.parameters, "w/"), ...specs(net.buffers, "b/"), scale: perImage, shift: perImage },
    carry: {},
    inputs: { x: { dtype: "uint8" as const, shape: [batch, height, width, channels] } },
    step({ constants: { scale, shift, ...rest }, inputs: { x } }) {
      const [parameters, buffers] = [unprefixed(rest as Tensors, "w/"), unprefixed(rest as Tensors, "b/")];
      const images = normalize(tf, x, scale, shift, input);
      return { carry: {}, outputs: { logits: net.apply(tf, parameters, images, predicting(buffers)) } };
    },
  }, { ...options, name: `predict with ${model.kind}`, key: JSON.stringify({ model, input, classes }) });
}

/** Predicts all examples with one model. */
export async function predictModel(
  { models, data }: { models: Value<typeof Models>; data: Value<typeof Dataset> },
  { views }: { views: ViewsSpec },
  context: StageContext,
): Promise<Value<typeof Predictions>> {
  const { architecture: { model, input, classes, normalization }, network: net, ...stored } = readModel(models);
  const [examples, ...shape] = data.x.shape as [number, number, number, number];
  const { height, width, channels } = input;
  if (shape.join() !== [height, width, channels].join()) {
    throw new TypeError(
      `Cannot predict images of ${shape.join("x")} with a model of ${height}x${width}x${channels}; ` +
        `give "predict" the data set that "train" had`,
    );
  }
  const rowSize = sizeOf(shape);
  const engine = { device: context.device, programs: context.programs };
  const own = { model, input, classes };
  const batch = batchFor(net, context.device);
  const program = programs.get([own, engineTraits(engine)], () => build(own, engine));
  const maps = pixelMaps(views, input);
  const constants = {
    ...Object.fromEntries(
      net.parameters.map(({ name, shape }) => [`w/${name}`, floats(stored.parameters[name]!, shape)]),
    ),
    ...Object.fromEntries(net.buffers.map(({ name, shape }) => [`b/${name}`, floats(stored.buffers[name]!, shape)])),
    scale: floats(perPixel(normalization.scale, rowSize), [rowSize]),
    shift: floats(perPixel(normalization.shift, rowSize), [rowSize]),
  };
  const logits = new Float32Array(examples * maps.length * classes);
  // Queries in order (example, view), which is the order of the output's rows.
  const total = examples * maps.length;
  async function predictSome(from: number, count: number): Promise<void> {
    const steps = Math.ceil(count / batch);
    const x = new Uint8Array(steps * batch * rowSize);
    for (let i = 0; i < count; i++) {
      const [example, view] = [Math.floor((from + i) / maps.length), (from + i) % maps.length];
      const start = example * rowSize;
      if (view === 0) x.set(data.x.data.subarray(start, start + rowSize), i * rowSize);
      else copyView(data.x.data, start, x, i * rowSize, maps[view]!, channels);
    }
    const { outputs } = await program.run({
      constants,
      carry: {},
      inputs: { x: { dtype: "uint8", shape: [steps, batch, height, width, channels], data: x } },
    });
    logits.set(outputs.logits.data.subarray(0, count * classes) as Float32Array, from * classes);
  }
  let room = batch * Math.ceil(chunkFor(net, 1, context.device) / batch);
  for (let from = 0; from < total;) {
    context.signal.throwIfAborted();
    const asked = Math.min(room, total - from);
    const { size } = await shrinking(asked, (count) => predictSome(from, count), { what: "images" });
    if (size < asked) room = size;
    from += size;
    context.progress({ done: from, total, unit: "images" });
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return { example: data.id, logits: { data: logits, shape: [examples, maps.length, classes] } };
}

function floats(data: Float32Array, shape: readonly number[]): HostTensor {
  return { dtype: "float32", shape, data };
}
