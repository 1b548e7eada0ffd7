/** @file Softmax cross-entropy with label smoothing, in nats. */
import type { Tensor, Tf } from "../tensors.ts";

/**
 * Cross-entropy of each example, `[batch]`: `-sum_k t_k log softmax(logits)_k` with targets
 * `t = (1 - s) onehot(label) + s / classes` (Szegedy et al. 2016, arXiv 1512.00567, section 7). `s = 0`: no smoothing.
 *
 * Its gradient by the logits is `softmax(logits) - t`, since targets add up to 1. Written out, it is three operations
 * where the chain rule makes five: of a small network's step that counts.
 */
export function crossEntropy(tf: Tf, logits: Tensor, labels: Tensor, smoothing: number): Tensor {
  const classes = logits.shape[1]!;
  const hard = tf.oneHot(labels, classes, 1, 0, "float32");
  const targets = smoothing === 0 ? hard : tf.add(tf.mul(hard, 1 - smoothing), smoothing / classes);
  const loss = tf.customGrad((logits, save) => {
    const logs = tf.logSoftmax(logits as Tensor);
    // Without a trace, what is not saved is freed before the gradient is taken.
    (save as (tensors: Tensor[]) => void)([logs, targets]);
    const gradFunc = (dy: Tensor, [logs, targets]: Tensor[]) =>
      tf.mul(tf.sub(tf.exp(logs!), targets!), tf.expandDims(dy, 1));
    return { value: tf.neg(tf.sum(tf.mul(targets, logs), 1)), gradFunc };
  });
  return loss(logits);
}
