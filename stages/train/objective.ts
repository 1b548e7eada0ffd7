/** @file The loss of one batch as a function of the parameters: what optimizers differentiate. */
import { crossEntropy } from "./losses/cross_entropy.ts";
import type { Network } from "./models/mod.ts";
import type { Evaluation, Objective } from "./optimizers/optimizer.ts";
import type { Tensor, Tensors, Tf } from "./tensors.ts";

/** One batch, ready for the network. */
export interface Batch {
  /** Normalized images `[batch, height, width, channel]`. */
  readonly x: Tensor;
  /** Classes `[batch]`, int32. */
  readonly labels: Tensor;
  /** 1 for examples, 0 for the padding of a partial batch: `[batch]`. */
  readonly weights: Tensor;
}

/**
 * Mean cross-entropy of a batch, with its gradient by reverse differentiation. A batch without examples (which only a
 * part of a partial batch can be) has loss 0.
 */
export function objective(tf: Tf, network: Network, batch: Batch, smoothing: number): Objective {
  const count = tf.maximum(tf.sum(batch.weights), 1);
  return {
    at: (parameters) => evaluate(tf, network, batch, count, smoothing, parameters),
    split(parts) {
      const size = batch.weights.shape[0]!;
      if (size % parts !== 0) {
        throw new RangeError(
          `Cannot cut a batch of ${size} into ${parts} equal parts; make "batch" a multiple of "optimizer.groups"`,
        );
      }
      const cut = (tensor: Tensor) => tf.split(tensor, parts, 0);
      const [xs, labels, weights] = [cut(batch.x), cut(batch.labels), cut(batch.weights)];
      return xs.map((x, i) => ({
        objective: objective(tf, network, { x, labels: labels[i]!, weights: weights[i]! }, smoothing),
        share: tf.div(tf.sum(weights[i]!), count),
      }));
    },
  };
}

function evaluate(
  tf: Tf,
  network: Network,
  { x, labels, weights }: Batch,
  count: Tensor,
  smoothing: number,
  parameters: Tensors,
): Evaluation {
  const names = Object.keys(parameters);
  let correct: Tensor | undefined;
  const { value, grads } = tf.valueAndGrads((...values: Tensor[]) => {
    const logits = network.apply(tf, Object.fromEntries(names.map((name, i) => [name, values[i]!])), x);
    const right = tf.cast(tf.equal(tf.argMax(logits, 1), labels), "float32");
    correct = tf.keep(tf.sum(tf.mul(right, weights)));
    return tf.div(tf.sum(tf.mul(crossEntropy(tf, logits, labels, smoothing), weights)), count);
  })(Object.values(parameters));
  return { loss: value, correct: correct!, gradients: Object.fromEntries(names.map((name, i) => [name, grads[i]!])) };
}
