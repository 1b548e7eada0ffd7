/** @file A stage graph as it is drawn: nodes with labels, edges, and branches of each() as nested groups. */
import { dependencies, type Graph } from "../../dsl/graph.ts";

/** A node to draw. */
export interface PictureNode {
  /** A short name without special characters, for the drawing's own use. */
  readonly key: string;
  readonly id: string;
  /** The id without the branches it is in: the group around it says those. */
  readonly name: string;
  readonly stage: string;
  readonly doc: string;
  /** The input that the stage maps over, if it does: the stage runs once for each item. */
  readonly over: string | undefined;
  /** The pipeline's outputs that this node is. */
  readonly outputs: readonly string[];
}

/** An edge to draw, from an input to the node that takes it. */
export interface PictureEdge {
  readonly from: PictureNode;
  readonly to: PictureNode;
}

/** Nodes of one branch of each(), and the branches inside it. */
export interface Group {
  readonly key: string;
  readonly name: string;
  readonly nodes: PictureNode[];
  readonly groups: Group[];
}

/** A drawing before it is written in some language. */
export interface Picture {
  readonly pipeline: string;
  /** The group that holds everything. */
  readonly root: Group;
  readonly edges: readonly PictureEdge[];
  /** How many edges are not drawn, because a longer path leads from the one node to the other too. */
  readonly leftOut: number;
}

/**
 * Draws a graph. Data sets and masks go into nearly every stage; with an edge for each, a drawing is all edges. So those
 * that a longer path implies are left out unless `allEdges` is set.
 */
export function pictureOf(graph: Graph, allEdges = false): Picture {
  const root: Group = { key: "g", name: graph.pipeline, nodes: [], groups: [] };
  const nodes = new Map<string, PictureNode>();
  for (const [index, { id, node }] of graph.nodes.entries()) {
    const drawn: PictureNode = {
      key: `n${index}`,
      id,
      name: id.slice([...node.scope, ""].join("/").length),
      stage: node.stage.name,
      doc: node.stage.doc,
      over: node.stage.over,
      outputs: Object.entries(graph.outputs).filter(([, target]) => target === id).map(([name]) => name),
    };
    nodes.set(id, drawn);
    groupAt(root, node.scope).nodes.push(drawn);
  }
  const edges = edgesOf(graph);
  const shown = edges.filter(({ shortcut }) => allEdges || !shortcut);
  return {
    pipeline: graph.pipeline,
    root,
    edges: shown.map(({ from, to }) => ({ from: nodes.get(from)!, to: nodes.get(to)! })),
    leftOut: edges.length - shown.length,
  };
}

function groupAt(root: Group, scope: readonly string[]): Group {
  return scope.reduce((group, name) => {
    const known = group.groups.find((inner) => inner.name === name);
    if (known !== undefined) return known;
    const made: Group = { key: `${group.key}_${group.groups.length}`, name, nodes: [], groups: [] };
    group.groups.push(made);
    return made;
  }, root);
}

function edgesOf(graph: Graph): { from: string; to: string; shortcut: boolean }[] {
  const ancestors = new Map<string, Set<string>>(); // nodes come in topological order, so inputs are there before us
  return graph.nodes.flatMap((node) => {
    const inputs = dependencies(node);
    const beyond = new Set(inputs.flatMap((input) => [...ancestors.get(input) ?? []]));
    ancestors.set(node.id, new Set([...inputs, ...beyond]));
    return inputs.map((input) => ({ from: input, to: node.id, shortcut: beyond.has(input) }));
  });
}

/** What a reader is told of edges that are not drawn; undefined where all are. */
export function leftOutNote({ leftOut }: Picture): string | undefined {
  return leftOut === 0 ? undefined : `${leftOut} edges that longer paths imply are not drawn (--all-edges draws them)`;
}

/** The small print of a node's box: its stage where that is another word, what it maps over, which output it is. */
export function details(node: PictureNode): string | undefined {
  const base = node.name.replace(/-\d+$/, "");
  const stage = base === node.stage ? [] : [node.stage];
  const over = node.over === undefined ? [] : [`× ${node.over}`];
  const outputs = node.outputs.filter((name) => name !== node.name).map((name) => `→ ${name}`);
  const words = [...stage, ...over, ...outputs];
  return words.length === 0 ? undefined : words.join(" ");
}
