/**
 * @file Scales a channel that only convolutions read are applied to filters, and to gradients by filters, which have fewer
 * numbers than images: a convolution is linear in both. Normalizations end their gradients with such a scale.
 */

import type { Builder } from "../builder.ts";
import { type Graph, intsOf, type Node, type Value } from "../graph.ts";
import { sizeOf } from "../types.ts";
import { FILTER_GRADIENT } from "../windows.ts";
import { scaled } from "./affine.ts";
import { rewrite } from "./rewrite.ts";

/** Moves scales of `[batch, channels, height, width]` into what reads them. Runs after layouts are settled. */
export function foldScales(graph: Graph): Graph {
  const readers = new Map<Value, Node[]>();
  for (const node of graph.nodes) {
    for (const input of new Set(node.inputs)) if (input) readers.set(input, [...readers.get(input) ?? [], node]);
  }
  const kept = new Set<Value>(graph.outputs);
  /** Whether all that reads an image can take a scale, and has fewer numbers to scale. */
  function folds(image: Value): boolean {
    const all = readers.get(image) ?? [];
    const weights = all.map((node) => weightsOf(node, image));
    if (kept.has(image) || weights.some((each) => each === undefined)) return false;
    return weights.reduce((sum: number, each) => sum + sizeOf(each!.shape), 0) < sizeOf(image.shape);
  }
  return rewrite(graph, (node, builder, producer) => {
    if (node.op !== FILTER_GRADIENT && !isConvolution(node)) return undefined;
    const image = node.inputs[node.op === FILTER_GRADIENT ? 1 : 0]!;
    const found = folds(image) ? scaled(image, producer) : undefined;
    if (!found) return undefined;
    const vector = builder.reshape(found.scale, [sizeOf(found.scale.shape)]);
    if (node.op === FILTER_GRADIENT) {
      const inputs = [node.inputs[0], found.x];
      const gradient = builder.node(node.op, inputs, node.outputs[0]!, node.attributes, node.domain);
      return [builder.binary("Mul", gradient, vector)];
    }
    const axis = node.op === "Conv" ? 1 : 0;
    const filter = scaleFilter(node.inputs[1]!, vector, axis, builder, producer(node.inputs[1]));
    const inputs = [found.x, filter, ...node.inputs.slice(2)];
    return [builder.node(node.op, inputs, node.outputs[0]!, node.attributes)];
  });
}

/** A convolution over all channels. */
function isConvolution({ op, domain, inputs, attributes }: Node): boolean {
  if ((op !== "Conv" && op !== "ConvTranspose") || domain !== "" || "group" in attributes) return false;
  return inputs[1]!.shape[op === "Conv" ? 1 : 0] === inputs[0]!.shape[1];
}

/** What a reader of an image would scale instead, if it can. */
function weightsOf(node: Node, image: Value): Value | undefined {
  if (node.op === FILTER_GRADIENT) {
    return node.inputs[1] === image && node.inputs[0] !== image ? node.outputs[0] : undefined;
  }
  return isConvolution(node) && node.inputs[0] === image && node.inputs[1] !== image ? node.inputs[1] : undefined;
}

/** A filter times a number for each index of an axis; before its transpose, which blocked convolutions look for. */
function scaleFilter(filter: Value, vector: Value, axis: number, builder: Builder, maker: Node | undefined): Value {
  if (maker?.op === "Transpose") {
    const order = intsOf(maker, "perm")!;
    return builder.transpose(scaleFilter(maker.inputs[0]!, vector, order[axis]!, builder, undefined), order);
  }
  const shape = filter.shape.map((extent, index) => index === axis ? extent : 1);
  return builder.binary("Mul", filter, builder.reshape(vector, shape));
}
