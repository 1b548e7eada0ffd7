/** @file Softmax cross-entropy with label smoothing, in nats. */
import type { Tensor, Tf } from "../tensors.ts";

/**
 * Cross-entropy of each example, `[batch]`: `-sum_k t_k log softmax(logits)_k` with targets
 * `t = (1 - s) onehot(label) + s / classes` (Szegedy et al. 2016, arXiv 1512.00567, section 7). `s = 0`: no smoothing.
 */
export function crossEntropy(tf: Tf, logits: Tensor, labels: Tensor, smoothing: number): Tensor {
  const classes = logits.shape[1]!;
  const hard = tf.oneHot(labels, classes, 1, 0, "float32");
  const targets = smoothing === 0 ? hard : tf.add(tf.mul(hard, 1 - smoothing), smoothing / classes);
  return tf.neg(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), 1));
}
