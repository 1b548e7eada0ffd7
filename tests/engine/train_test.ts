/** @file Whole training steps: compiled against tfjs's own cpu backend, and many steps against one at a time. */

import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { type HostTensor, scan, type Spec, stream } from "engram/engine/mod.ts";
import { sizeOf } from "../../engine/types.ts";
import { assertClose, onCpu } from "./support.ts";
import { cnn, mlp, type Model, momentumStep, stateShapes } from "./models.ts";

const BATCH = 8;
const EXAMPLES = 24;
const STEPS = 4;

/** A scan of training steps over a byte data set, the way stages train. */
function trainer(model: Model) {
  const [height, width, channels] = model.image;
  const pixels = height * width * channels;
  const carry = Object.fromEntries(
    Object.entries(stateShapes(model)).map(([name, shape]): [string, Spec] => [name, { dtype: "float32", shape }]),
  );
  return scan({
    constants: {
      images: { dtype: "uint8", shape: [EXAMPLES, pixels] },
      labels: { dtype: "int32", shape: [EXAMPLES] },
    },
    carry,
    inputs: { batch: { dtype: "int32", shape: [BATCH] } },
    step: ({ constants, carry, inputs }) => {
      const { state, loss } = momentumStep(model, carry, ...minibatch(model, constants, inputs.batch));
      return { carry: state, outputs: { loss } };
    },
  });
}

function minibatch(
  model: Model,
  { images, labels }: { images: tf.Tensor; labels: tf.Tensor },
  batch: tf.Tensor,
): [tf.Tensor4D, tf.Tensor1D] {
  const indices = batch as tf.Tensor1D;
  const rows = tf.div(tf.cast(tf.gather(images, indices), "float32"), 255);
  return [tf.reshape(rows, [BATCH, ...model.image]), tf.gather(labels, indices) as tf.Tensor1D];
}

function data(model: Model): { constants: Record<"images" | "labels", HostTensor>; carry: Record<string, HostTensor> } {
  const pixels = sizeOf(model.image);
  const draw = stream("train_test", pixels);
  const carry = Object.fromEntries(
    Object.entries(stateShapes(model)).map(([name, shape]) => {
      const scale = name.endsWith(".momentum")
        ? 0
        : shape.length === 1
        ? 0.1
        : 1 / Math.sqrt(sizeOf(shape.slice(0, -1)));
      const values = draw.at(name).normal(sizeOf(shape)).map((x) => x * scale);
      return [name, { dtype: "float32", shape, data: values } as HostTensor];
    }),
  );
  const images = Uint8Array.from(draw.at("images").integers(EXAMPLES * pixels, 0, 256));
  return {
    constants: {
      images: { dtype: "uint8", shape: [EXAMPLES, pixels], data: images },
      labels: { dtype: "int32", shape: [EXAMPLES], data: draw.at("labels").integers(EXAMPLES, 0, 10) },
    },
    carry,
  };
}

function batches(steps: number): HostTensor {
  return { dtype: "int32", shape: [steps, BATCH], data: stream("batches").integers(steps * BATCH, 0, EXAMPLES) };
}

/** The wide one has whole blocks of channels, which take another path (passes/blocked.ts). */
const MODELS = [
  ["small MLP", mlp([4, 4, 2], [16, 12])],
  ["small CNN", cnn([8, 8, 3], [4, 6])],
  ["wide CNN", cnn([8, 8, 3], [16, 32])],
] as const;

for (const [name, model] of MODELS) {
  Deno.test(`scan() trains a ${name} as tfjs's cpu backend does, step by step`, async () => {
    const { constants, carry } = data(model);
    const program = trainer(model);
    const compiled = await program.run({ constants, carry, inputs: { batch: batches(STEPS) } });
    const [losses, state] = onCpu(() => {
      const tensors = (values: Record<string, HostTensor>) =>
        Object.fromEntries(
          Object.entries(values).map((
            [key, t],
          ) => [key, tf.tensor(t.data, [...t.shape], t.dtype === "float32" ? "float32" : "int32")]),
        );
      const fixed = tensors(constants) as { images: tf.Tensor; labels: tf.Tensor };
      let state: Record<string, tf.Tensor> = tensors(carry);
      const losses: number[] = [];
      for (let step = 0; step < STEPS; step++) {
        const batch = tf.tensor1d(batches(STEPS).data.slice(step * BATCH, (step + 1) * BATCH), "int32");
        const result = momentumStep(model, state, ...minibatch(model, fixed, batch));
        losses.push(result.loss.dataSync()[0]!);
        state = result.state;
      }
      return [losses, Object.fromEntries(Object.entries(state).map(([key, t]) => [key, t.dataSync()]))] as const;
    });
    assertClose(compiled.outputs.loss.data, losses, 1e-5);
    for (const key of Object.keys(carry)) assertClose(compiled.carry[key]!.data, state[key]!, 1e-5, key);
    await program.dispose();
  });

  Deno.test(`scan() gives a ${name} the same parameters in one run and in two chunks`, async () => {
    const { constants, carry } = data(model);
    const program = trainer(model);
    const all = batches(STEPS);
    const whole = await program.run({ constants, carry, inputs: { batch: all } });
    const part = (from: number, to: number): HostTensor => ({
      dtype: "int32",
      shape: [to - from, BATCH],
      data: all.data.slice(from * BATCH, to * BATCH),
    });
    const first = await program.run({ constants, carry, inputs: { batch: part(0, 1) } });
    const second = await program.run({ constants, carry: first.carry, inputs: { batch: part(1, STEPS) } });
    assert.deepEqual(second.carry, whole.carry);
    assert.deepEqual([...first.outputs.loss.data, ...second.outputs.loss.data], [...whole.outputs.loss.data]);
    await program.dispose();
  });
}
