/** @file Choosing nodes of a graph: by glob, with what they need. */
import picomatch from "picomatch";
import { dependencies, didYouMean, type Graph, type GraphNode } from "../dsl/mod.ts";
import { RequestError } from "./errors.ts";

/**
 * The ids that a glob matches: `sam/train`, `* /train` (without the space), `sam/**`.
 *
 * @throws RequestError when it matches none.
 */
export function matching(graph: Graph, glob: string): Set<string> {
  const matches = picomatch(glob);
  const ids = graph.nodes.map(({ id }) => id);
  const chosen = ids.filter((id) => matches(id));
  if (chosen.length === 0) {
    throw new RequestError(`Cannot select "${glob}" in pipeline "${graph.pipeline}": ${didYouMean(glob, ids)}`);
  }
  return new Set(chosen);
}

/** The nodes that `only` matches and all they need, in order; all nodes where nothing is asked for. */
export function selected(graph: Graph, only: string | undefined): readonly GraphNode[] {
  if (only === undefined) return graph.nodes;
  const wanted = matching(graph, only);
  for (const node of [...graph.nodes].reverse()) {
    if (wanted.has(node.id)) { for (const id of dependencies(node)) wanted.add(id); }
  }
  return graph.nodes.filter(({ id }) => wanted.has(id));
}

/** The node of an id. Throws RequestError naming the nearest one. */
export function nodeNamed(graph: Graph, id: string): GraphNode {
  const node = graph.nodes.find((candidate) => candidate.id === id);
  if (node !== undefined) return node;
  const hint = didYouMean(id, graph.nodes.map((candidate) => candidate.id));
  throw new RequestError(`Unknown node "${id}" of pipeline "${graph.pipeline}": ${hint}`);
}
