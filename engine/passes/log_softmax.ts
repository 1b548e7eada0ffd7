/**
 * @file The logarithm of a softmax as one operation. tfjs spells it as a maximum, a difference, an exponential, a sum, a
 * logarithm and a difference; the native one does the same row by row.
 */

import { int } from "../builder.ts";
import { type Graph, intOf, type Node, type Value } from "../graph.ts";
import { type Producer, rewrite, through } from "./rewrite.ts";
import type { Builder } from "../builder.ts";

/** Recognizes `s - log(sum(exp(s)))` with `s = x - max(x)`, both over the last axis. */
export function joinLogSoftmax(graph: Graph): Graph {
  return rewrite(graph, (node, builder, producer) => {
    if (node.op !== "Sub" || node.outputs[0]!.dtype !== "float32") return undefined;
    const [shifted, log] = node.inputs as [Value, Value];
    const sum = producer(through(log, "Log", producer));
    if (!overLast(sum, "ReduceSum", builder) || through(sum!.inputs[0], "Exp", producer) !== shifted) return undefined;
    const x = centred(shifted, builder, producer);
    return x && [builder.unary("LogSoftmax", x, { axis: int(x.shape.length - 1) })];
  });
}

/** The argument `x` of `x - max(x)`. */
function centred(shifted: Value, builder: Builder, producer: Producer): Value | undefined {
  const difference = producer(shifted);
  const [x, maximum] = difference?.inputs ?? [];
  const reduction = producer(maximum);
  const matches = difference?.op === "Sub" && overLast(reduction, "ReduceMax", builder) && reduction!.inputs[0] === x;
  return matches ? x : undefined;
}

/** Whether a node reduces the last axis alone, and keeps it. */
function overLast(node: Node | undefined, op: string, builder: Builder): boolean {
  if (node?.op !== op || intOf(node, "keepdims", 1) !== 1) return false;
  const [axis, ...more] = builder.contents(node.inputs[1]) ?? [];
  const rank = node.inputs[0]!.shape.length;
  return more.length === 0 && (axis === rank - 1 || axis === -1);
}
