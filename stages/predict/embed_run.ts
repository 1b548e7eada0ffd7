/** @file What the stage `embed` does: one model's features of all examples, by a compiled program. Loads tfjs. */
import type { StageContext, Value } from "../../dsl/mod.ts";
import { type HostTensor, shrinking } from "../../engine/mod.ts";
import type { Dataset, Embeddings, Models } from "../artifacts/mod.ts";
import { featureCount } from "../sharpness/features.ts";
import { featureProgram } from "../sharpness/programs.ts";
import { readModel } from "../train/architecture.ts";
import { perPixel } from "../train/augment/normalize.ts";
import { chunkFor } from "../train/chunk.ts";
import { reuses } from "../train/slices.ts";
import { sizeOf } from "../train/tensors.ts";

/** Embeds all examples with one model. */
export async function embedModel(
  { models, data }: { models: Value<typeof Models>; data: Value<typeof Dataset> },
  context: StageContext,
): Promise<Value<typeof Embeddings>> {
  const { architecture: { model, input, classes, normalization }, network: net, ...stored } = readModel(models);
  const [examples, ...shape] = data.x.shape as [number, number, number, number];
  const { height, width, channels } = input;
  if (shape.join() !== [height, width, channels].join()) {
    throw new TypeError(
      `Cannot embed images of ${shape.join("x")} with a model of ${height}x${width}x${channels}; ` +
        `give "embed" a data set of the images that "train" had`,
    );
  }
  // As many as `predict` takes at a time.
  const batch = context.device === "cpu" && reuses(net) ? 32 : 256;
  const engine = { device: context.device, programs: context.programs };
  const program = featureProgram({ model, input, classes, logits: "raw", batch }, engine);
  const rowSize = sizeOf(shape);
  const constants = {
    ...Object.fromEntries(net.parameters.map((slot) => [`w/${slot.name}`, floats(stored.parameters, slot)])),
    ...Object.fromEntries(net.buffers.map((slot) => [`b/${slot.name}`, floats(stored.buffers, slot)])),
    scale: flat(perPixel(normalization.scale, rowSize)),
    shift: flat(perPixel(normalization.shift, rowSize)),
  };
  const features = featureCount(net);
  const embedding = new Float32Array(examples * features);
  async function embedSome(from: number, count: number): Promise<void> {
    const steps = Math.ceil(count / batch);
    const x = new Uint8Array(steps * batch * rowSize);
    x.set(data.x.data.subarray(from * rowSize, (from + count) * rowSize));
    const { outputs } = await program.run({
      constants,
      carry: {},
      inputs: { x: { dtype: "uint8", shape: [steps, batch, height, width, channels], data: x } },
    });
    embedding.set((outputs.features.data as Float32Array).subarray(0, count * features), from * features);
  }
  let room = batch * Math.ceil(chunkFor(net, 1, context.device) / batch);
  for (let from = 0; from < examples;) {
    context.signal.throwIfAborted();
    const asked = Math.min(room, examples - from);
    const { size } = await shrinking(asked, (count) => embedSome(from, count), { what: "images" });
    if (size < asked) room = size;
    from += size;
    context.progress({ done: from, total: examples, unit: "images" });
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  const { id, y, split, group } = data;
  return { id, y, split, group, embedding: { data: embedding, shape: [examples, features] } };
}

function floats(
  values: Readonly<Record<string, Float32Array>>,
  { name, shape }: { readonly name: string; readonly shape: readonly number[] },
): HostTensor {
  return { dtype: "float32", shape, data: values[name]! };
}

function flat(data: Float32Array): HostTensor {
  return { dtype: "float32", shape: [data.length], data };
}
