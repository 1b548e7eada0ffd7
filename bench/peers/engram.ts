/** @file Engram's own line of the training benchmark: the step inside a scan, many steps a call. */

import * as tf from "@tensorflow/tfjs-core";
import { scan, type Spec } from "engram/engine/mod.ts";
import { momentumStep } from "../../tests/engine/models.ts";
import { BATCH, minibatches, type ModelName, MODELS, startOf, type Trainable } from "./workload.ts";

/** A trainer of one network on a number of threads. */
export function engramTrainer(name: ModelName, threads: number): Trainable {
  const model = MODELS[name];
  const start = startOf(name);
  let { carry } = start;
  const spec = ({ dtype, shape }: Spec): Spec => ({ dtype, shape });
  const program = scan({
    constants: { images: spec(start.constants.images), labels: spec(start.constants.labels) },
    carry: Object.fromEntries(Object.entries(carry).map(([key, tensor]) => [key, spec(tensor)])),
    inputs: { batch: { dtype: "int32", shape: [BATCH] } },
    step: ({ constants, carry, inputs }) => {
      const batch = inputs.batch as tf.Tensor1D;
      const pixels = tf.div(tf.cast(tf.gather(constants.images, batch), "float32"), 255);
      const images = tf.reshape(pixels, [BATCH, ...model.image]) as tf.Tensor4D;
      const { state, loss } = momentumStep(model, carry, images, tf.gather(constants.labels, batch) as tf.Tensor1D);
      return { carry: state, outputs: { loss } };
    },
  }, { threads });
  return {
    async run(steps) {
      const inputs = { batch: minibatches(steps) };
      const begin = performance.now();
      carry = (await program.run({ constants: start.constants, carry, inputs })).carry;
      return steps * BATCH / (performance.now() - begin) * 1000;
    },
    dispose: () => program.dispose(),
  };
}
