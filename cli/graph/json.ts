/** @file A stage graph as JSON, for programs. */
import type { Graph } from "../../dsl/mod.ts";

/** The JSON document of a graph: nodes in an order in which they can run, and the outputs' nodes by name. */
export function graphDocument(graph: Graph): string {
  const nodes = graph.nodes.map(({ id, node, inputs }) => ({
    id,
    stage: node.stage.name,
    type: node.type.name,
    many: node.arity === "many",
    over: node.stage.over ?? null,
    inputs,
    params: node.params,
  }));
  return JSON.stringify({ pipeline: graph.pipeline, nodes, outputs: graph.outputs }, spellOut, 2) + "\n";
}

/** Typed arrays as arrays, not as objects with numbers for names. */
export function spellOut(_name: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) && !(value instanceof DataView) ? [...value as unknown as Iterable<number>] : value;
}
