/** @file Clipping by the global norm: one norm over all parameters, as `torch.nn.utils.clip_grad_norm_`. */
import { mapTensors, type Tensor, type Tensors, type Tf } from "../tensors.ts";
import type { Transform } from "./optimizer.ts";

/** The L2 norm of all tensors together, a scalar. */
export function globalNorm(tf: Tf, tensors: Tensors): Tensor {
  const squares = Object.values(tensors).map((tensor) => tf.sum(tf.square(tensor)));
  return tf.sqrt(squares.reduce((sum, square) => tf.add(sum, square)));
}

/** `g min(1, limit / (||g|| + 1e-6))`; the 1e-6 is PyTorch's. No limit: nothing is clipped. */
export function clipByGlobalNorm(tf: Tf, limit: number | undefined): Transform {
  if (limit === undefined) return { init: () => [], update: (updates, state) => ({ updates, state }) };
  return {
    init: () => [],
    update(gradients, state) {
      const scale = tf.minimum(1, tf.div(limit, tf.add(globalNorm(tf, gradients), 1e-6)));
      return { updates: mapTensors(gradients, (g) => tf.mul(g, scale)), state };
    },
  };
}
