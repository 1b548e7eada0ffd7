/**
 * @file Bytes as scaled numbers: a conversion and a scaling are one operation on the CPU, ONNX's `DequantizeLinear`. A
 * quotient by a constant becomes a product with its reciprocal, which may differ in the last bit. A product's factor may
 * be known only when the program runs.
 */

import type { Builder } from "../builder.ts";
import type { Graph, Node, Value } from "../graph.ts";
import { rewrite, through, usesOf } from "./rewrite.ts";

/** Joins conversions of bytes with the one number that they are multiplied with, or the constant they are divided by. */
export function scaleBytes(graph: Graph): Graph {
  const uses = usesOf(graph);
  return rewrite(graph, (node, builder, producer) => {
    if ((node.op !== "Mul" && node.op !== "Div") || node.outputs[0]!.dtype !== "float32") return undefined;
    const pairs = (node.op === "Div" ? [node.inputs] : [node.inputs, node.inputs.toReversed()]) as [Value, Value][];
    for (const [converted, other] of pairs) {
      const bytes = through(converted, "Cast", producer);
      const scale = scaleOf(node, other, builder);
      if (bytes?.dtype !== "uint8" || uses.get(converted) !== 1 || scale === undefined) continue;
      return [builder.node("DequantizeLinear", [bytes, scale], node.outputs[0]!)];
    }
    return undefined;
  });
}

/** What bytes are scaled by, where that is one number. */
function scaleOf(node: Node, other: Value, builder: Builder): Value | undefined {
  if (other.shape.length !== 0 || other.dtype !== "float32") return undefined;
  const factor = builder.contents(other)?.[0];
  if (factor === undefined) return node.op === "Mul" ? other : undefined;
  const scale = Math.fround(node.op === "Div" ? 1 / factor : factor);
  return Number.isFinite(scale) && scale !== 0 ? builder.scalar(scale) : undefined;
}
