/**
 * @file Narrow products turned round. The gradient of a layer with few outputs is `x^T dy`: a tall matrix of a few
 * columns, for which native products copy all of `x` transposed and then fill part of a register. `(dy^T x)^T` transposes
 * the small matrices only.
 */

import { float, int } from "../builder.ts";
import { type Graph, intOf, type Node, type Value } from "../graph.ts";
import { rewrite } from "./rewrite.ts";
import type { Builder } from "../builder.ts";

/** Fewer columns than these are narrow: a register of the processor holds 16 numbers. */
const NARROW = 16;
/** Fewer rows of the result, or terms of its sums, were measured to gain nothing (docs/decisions/0019). */
const TALL = 512;
const DEEP = 64;

/** Rewrites `a^T b + beta c` where the result is tall and narrow. Runs after additions are fused into products. */
export function turnNarrow(graph: Graph): Graph {
  return rewrite(graph, (node, builder) => {
    if (node.op !== "Gemm" || intOf(node, "transA", 0) !== 1 || intOf(node, "transB", 0) !== 0) return undefined;
    const [a, b, addend] = node.inputs as [Value, Value, Value | undefined];
    const [rows, columns] = node.outputs[0]!.shape as [number, number];
    if (columns >= NARROW || rows < TALL || a.shape[0]! < DEEP) return undefined;
    return [builder.transpose(turned(node, a, b, addend && across(builder, addend), builder), [1, 0])];
  });
}

function turned(node: Node, a: Value, b: Value, addend: Value | undefined, builder: Builder): Value {
  const { alpha, beta } = node.attributes;
  const shape = [b.shape[1]!, a.shape[1]!];
  return builder.node("Gemm", addend ? [b, a, addend] : [b, a], { dtype: a.dtype, shape }, {
    transA: int(1),
    transB: int(0),
    alpha: alpha ?? float(1),
    beta: beta ?? float(1),
  });
}

/** An addend of the turned product: transposed, after it is brought to two axes. */
function across(builder: Builder, addend: Value): Value {
  const shape = [...Array<number>(2 - addend.shape.length).fill(1), ...addend.shape];
  return builder.transpose(builder.reshape(addend, shape), [1, 0]);
}
