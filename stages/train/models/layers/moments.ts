/**
 * @file Normalization of each channel by its mean and variance over a batch, with its gradient in closed form. All of
 * batch normalization in training goes through here.
 *
 * With d = x - mean, s = 1 / sqrt(variance + epsilon) and n the number of examples times pixels (Ioffe and Szegedy 2015,
 * section 3): y = scale s d + shift; and for a gradient g of y,
 *
 *     dshift = sum g,   dscale = s sum g d,   dx = scale s (g - sum g / n - d s^2 (sum g d) / n).
 *
 * Differentiating mean and variance op by op would go over memory three times as often. Sums are taken over the pixels
 * of an example first: those are contiguous, and the order does not depend on how many threads share the examples.
 */
import type { GradSaveFunc } from "@tensorflow/tfjs-core";
import type { Tensor, Tensor4D, Tf } from "../../tensors.ts";

/** A normalized batch and what it was normalized by. */
export interface Normalized {
  readonly y: Tensor4D;
  /** `[channels]`; no gradient flows through it. */
  readonly mean: Tensor;
  /** `[channels]`, biased: the sum of squares over the count. No gradient flows through it. */
  readonly variance: Tensor;
  /** How many numbers of a channel were counted. */
  readonly count: number | Tensor;
}

/**
 * Normalizes activations `[batch, height, width, channel]`.
 *
 * @param weights `[batch]`, 1 an example and 0 padding, which is not counted; absent: all are examples. A gradient must
 *   be 0 for padding, which one of a weighted loss is.
 */
export function normalizeByMoments(
  tf: Tf,
  x: Tensor4D,
  scale: Tensor,
  shift: Tensor,
  epsilon: number,
  weights?: Tensor,
): Normalized {
  const [batch, height, width] = x.shape;
  const rows = weights && tf.reshape(weights, [batch, 1]);
  const count = weights ? tf.mul(tf.maximum(tf.sum(weights), 1), height * width) : batch * height * width;
  /** A sum over a batch, `[channels]`, by way of `[batch, channels]`. */
  function total(values: Tensor, counted?: Tensor): Tensor {
    const perExample = tf.sum(values, [1, 2]);
    return tf.sum(counted ? tf.mul(perExample, counted) : perExample, 0);
  }
  let moments: Pick<Normalized, "mean" | "variance"> | undefined;
  const normalize = tf.customGrad((...given: unknown[]) => {
    const [x, scale, shift, save] = given as [Tensor4D, Tensor, Tensor, GradSaveFunc];
    const mean = tf.div(total(x, rows), count);
    const centred = tf.sub(x, mean);
    const variance = tf.div(total(tf.square(centred), rows), count);
    const inverse = tf.rsqrt(tf.add(variance, epsilon));
    const factor = tf.mul(scale, inverse);
    // Running statistics outlive this function's own tensors.
    moments = { mean: tf.keep(mean), variance: tf.keep(variance) };
    save([centred, inverse, factor]);
    function gradFunc(g: Tensor, saved: Tensor[]): Tensor[] {
      const [centred, inverse, factor] = saved as [Tensor, Tensor, Tensor];
      const [dshift, product] = [total(g), total(tf.mul(g, centred))];
      const lean = tf.div(tf.mul(tf.square(inverse), product), count);
      const offset = tf.div(dshift, count);
      const [leans, offsets] = [lean, offset].map((each) => rows ? perRow(tf, each, rows) : each) as [Tensor, Tensor];
      // The scale comes last: a convolution before the normalization takes it into its filter (engine/passes/scales.ts).
      const dx = tf.mul(tf.sub(g, tf.add(tf.mul(centred, leans), offsets)), factor);
      return [dx, tf.mul(product, inverse), dshift];
    }
    return { value: tf.add(tf.mul(centred, factor), shift), gradFunc };
  });
  const y = normalize(x, scale, shift) as Tensor4D;
  return { y, ...moments!, count };
}

/** A number a channel for examples, 0 for padding: `[batch, 1, 1, channels]`. */
function perRow(tf: Tf, each: Tensor, rows: Tensor): Tensor {
  const product = tf.mul(rows, tf.reshape(each, [1, each.shape[0]!]));
  return tf.reshape(product, [rows.shape[0]!, 1, 1, each.shape[0]!]);
}
