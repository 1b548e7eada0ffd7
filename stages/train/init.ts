/** @file Initial parameters, drawn from counter-based streams: one stream a tensor, keyed by its name. */
import { stream } from "../../engine/random.ts";
import type { Parameter } from "./models/model.ts";
import { sizeOf } from "./tensors.ts";

/** The tensors a model starts from. They depend on seed, branch, names and shapes alone. */
export function initialParameters(
  parameters: readonly Parameter[],
  seed: number,
  branch: string,
): Record<string, Float32Array<ArrayBuffer>> {
  return Object.fromEntries(parameters.map(({ name, shape, std }) => {
    const size = sizeOf(shape);
    if (std === 0) return [name, new Float32Array(size)];
    return [name, Float32Array.from(stream(seed, branch, "init", name).normal(size), (z) => z * std)];
  }));
}
