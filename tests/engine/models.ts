/** @file The two networks on which whole training steps are tested and measured, as plain tfjs code. */

import * as tf from "@tensorflow/tfjs-core";

/** Parameters by name. */
export type Parameters = Readonly<Record<string, tf.Tensor>>;

/** A network: shapes of its parameters, and its logits for a batch of NHWC images. */
export interface Model {
  readonly image: readonly [number, number, number];
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly logits: (parameters: Parameters, images: tf.Tensor4D) => tf.Tensor2D;
}

/** A perceptron with two hidden layers over flattened images. */
export function mlp(image: readonly [number, number, number], widths: readonly [number, number], classes = 10): Model {
  const inputs = image[0] * image[1] * image[2];
  return {
    image,
    shapes: {
      w1: [inputs, widths[0]],
      b1: [widths[0]],
      w2: [widths[0], widths[1]],
      b2: [widths[1]],
      w3: [widths[1], classes],
      b3: [classes],
    },
    logits(p, images) {
      const x = tf.reshape(images, [images.shape[0], inputs]);
      const h1 = tf.relu(tf.add(tf.matMul(x, p.w1 as tf.Tensor2D), p.b1!));
      const h2 = tf.relu(tf.add(tf.matMul(h1 as tf.Tensor2D, p.w2 as tf.Tensor2D), p.b2!));
      return tf.add(tf.matMul(h2 as tf.Tensor2D, p.w3 as tf.Tensor2D), p.b3!);
    },
  };
}

/** Two 3x3 convolutions, each with a 2x2 maximum after it, and a dense layer. */
export function cnn(image: readonly [number, number, number], widths: readonly [number, number], classes = 10): Model {
  const [height, width, channels] = image;
  const features = (height / 4) * (width / 4) * widths[1];
  return {
    image,
    shapes: {
      w1: [3, 3, channels, widths[0]],
      b1: [widths[0]],
      w2: [3, 3, widths[0], widths[1]],
      b2: [widths[1]],
      w3: [features, classes],
      b3: [classes],
    },
    logits(p, images) {
      const layer = (x: tf.Tensor4D, w: tf.Tensor4D, b: tf.Tensor) =>
        tf.maxPool(tf.relu(tf.add(tf.conv2d(x, w, 1, "same"), b)) as tf.Tensor4D, 2, 2, "valid");
      const h1 = layer(images, p.w1 as tf.Tensor4D, p.b1!);
      const h2 = layer(h1, p.w2 as tf.Tensor4D, p.b2!);
      return tf.add(tf.matMul(tf.reshape(h2, [images.shape[0], features]), p.w3 as tf.Tensor2D), p.b3!);
    },
  };
}

/** Mean cross-entropy of logits against integer labels. */
export function crossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  const targets = tf.cast(tf.oneHot(labels, logits.shape[1]), "float32");
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), targets), 1)));
}

/** One step of gradient descent with momentum; state holds `w1` … and their momenta `w1.momentum` …. */
export function momentumStep(
  model: Model,
  state: Parameters,
  images: tf.Tensor4D,
  labels: tf.Tensor1D,
  { rate = 0.05, momentum = 0.9 } = {},
): { state: Record<string, tf.Tensor>; loss: tf.Scalar } {
  const names = Object.keys(model.shapes);
  const { value, grads } = tf.valueAndGrads((...values: tf.Tensor[]) =>
    crossEntropy(model.logits(Object.fromEntries(names.map((name, i) => [name, values[i]!])), images), labels)
  )(names.map((name) => state[name]!));
  const next: Record<string, tf.Tensor> = {};
  names.forEach((name, i) => {
    const velocity = tf.add(tf.mul(state[`${name}.momentum`]!, momentum), grads[i]!);
    next[`${name}.momentum`] = velocity;
    next[name] = tf.sub(state[name]!, tf.mul(velocity, rate));
  });
  return { state: next, loss: value as tf.Scalar };
}

/** Shapes of parameters and momenta. */
export function stateShapes(model: Model): Record<string, readonly number[]> {
  return Object.fromEntries(
    Object.entries(model.shapes).flatMap(([name, shape]) => [[name, shape], [`${name}.momentum`, shape]]),
  );
}
