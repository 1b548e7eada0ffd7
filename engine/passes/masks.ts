/**
 * @file Masks `x > 0` as numbers, in one operation on all threads. A comparison writes bytes, and onnxruntime turns bytes
 * into numbers on one thread; `min(1, max(0, a x))` with the largest `a` there is needs neither. It differs for numbers
 * below 3e-39 alone, which are smaller than any that is kept in full precision.
 */

import { float } from "../builder.ts";
import type { Graph } from "../graph.ts";
import { sizeOf } from "../types.ts";
import { rewrite } from "./rewrite.ts";

/** The largest number of float32. */
const LARGEST = 3.4028234663852886e38;

/** Writes conversions of `x > 0` to numbers as one operation. Runs after passes that recognize masks. */
export function stretchMasks(graph: Graph): Graph {
  return rewrite(graph, (node, builder, producer) => {
    if (node.op !== "Cast" || node.outputs[0]!.dtype !== "float32") return undefined;
    const comparison = producer(node.inputs[0]);
    const [x, zero] = comparison?.inputs ?? [];
    if (comparison?.op !== "Greater" || x?.dtype !== "float32" || !zero) return undefined;
    if (sizeOf(zero.shape) !== 1 || zero.shape.length > x.shape.length || builder.contents(zero)?.[0] !== 0) {
      return undefined;
    }
    return [builder.unary("HardSigmoid", x, { alpha: float(LARGEST), beta: float(0) })];
  });
}
