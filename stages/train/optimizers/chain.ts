/** @file chain(): gradient transformations one after the other. */
import type { Layout, Tensors } from "../tensors.ts";
import type { Transform } from "./optimizer.ts";

/** Applies transformations from the first to the last; the state of the i-th is kept under the prefix `i/`. */
export function chain(...transforms: readonly Transform[]): Transform {
  return {
    init: (parameters) =>
      transforms.flatMap((transform, i): Layout =>
        transform.init(parameters).map(({ name, shape }) => ({ name: `${i}/${name}`, shape }))
      ),
    update(gradients, state, parameters) {
      const next: Record<string, Tensors[string]> = {};
      transforms.forEach((transform, i) => {
        const prefix = `${i}/`;
        const own = Object.entries(state).filter(([name]) => name.startsWith(prefix));
        const unprefixed = Object.fromEntries(own.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
        const result = transform.update(gradients, unprefixed, parameters);
        for (const [name, tensor] of Object.entries(result.state)) next[prefix + name] = tensor;
        gradients = result.updates;
      });
      return { updates: gradients, state: next };
    },
  };
}
