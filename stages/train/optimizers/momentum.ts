/** @file Momentum in PyTorch's convention: the velocity is not scaled by the rate and is not dampened. */
import { mapTensors, type Tf } from "../tensors.ts";
import type { Transform } from "./optimizer.ts";

/**
 * `v = m v + g`; the update is `v`, or with Nesterov's (Sutskever et al. 2013, as `torch.optim.SGD` has it) `g + m v`.
 * Momentum 0 keeps no state.
 */
export function momentum(tf: Tf, factor: number, nesterov: boolean): Transform {
  if (factor === 0) return { init: () => [], update: (updates) => ({ updates, state: {} }) };
  return {
    init: (parameters) => parameters,
    update(gradients, state) {
      const velocity = mapTensors(gradients, (g, name) => tf.add(tf.mul(state[name]!, factor), g));
      const updates = nesterov
        ? mapTensors(gradients, (g, name) => tf.add(g, tf.mul(velocity[name]!, factor)))
        : velocity;
      return { updates, state: velocity };
    },
  };
}
