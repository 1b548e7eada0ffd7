/** @file Loop-invariant code: what a step computes from constants alone is computed once, before the loop. */

import { bytesOf, type ConstantData, type Graph, type Node, type Value } from "../graph.ts";
import { sizeOf } from "../types.ts";

/** A hoisted result may be this much larger than what it is made of; a byte image as floats (4x) is not worth it. */
const GROWTH = 2;
/** Results below this many bytes are hoisted whatever they are made of. */
const SMALL = 1 << 16;

function footprint(value: Value): number {
  return sizeOf(value.shape) * bytesOf(value.dtype);
}

/** Whether to keep a node's results in memory over the whole loop. */
function affordable(node: Node): boolean {
  const made = node.outputs.reduce((total, output) => total + footprint(output), 0);
  const from = node.inputs.reduce((total, input) => total + (input ? footprint(input) : 0), 0);
  return made <= SMALL || made <= GROWTH * from;
}

/**
 * Splits a step's graph, whose first `constants` inputs are the loop's constants, into what runs before the loop and
 * the loop's body. The body uses values of the first part by name.
 */
export function hoist(graph: Graph, constants: number): { before: Graph; body: Graph } {
  const invariant = new Set<Value>(graph.inputs.slice(0, constants));
  const [early, late]: [Node[], Node[]] = [[], []];
  for (const node of graph.nodes) {
    const depends = node.inputs.some((input) => input && invariant.has(input));
    const fixed = node.inputs.every((input) => !input || invariant.has(input) || graph.constants.has(input));
    if (depends && fixed && affordable(node)) {
      early.push(node);
      node.outputs.forEach((output) => invariant.add(output));
    } else late.push(node);
  }
  const used = new Set(late.flatMap((node) => node.inputs));
  graph.outputs.forEach((output) => used.add(output));
  // A constant used on both sides is copied: a name lives in one graph only.
  const copies = new Map<Value, Value>();
  const [outer, inner] = [new Map<Value, ConstantData>(), new Map<Value, ConstantData>()];
  const earlyInputs = new Set(early.flatMap((node) => node.inputs));
  for (const [value, data] of graph.constants) {
    if (used.has(value)) inner.set(value, data);
    if (!earlyInputs.has(value)) continue;
    const copy: Value = used.has(value) ? { ...value } : value;
    copies.set(value, copy);
    outer.set(copy, data);
  }
  const before = early.map((node) => ({
    ...node,
    inputs: node.inputs.map((input) => input && (copies.get(input) ?? input)),
  }));
  return {
    before: { inputs: graph.inputs.slice(0, constants), nodes: before, constants: outer, outputs: [] },
    body: { inputs: graph.inputs.slice(constants), nodes: late, constants: inner, outputs: graph.outputs },
  };
}
