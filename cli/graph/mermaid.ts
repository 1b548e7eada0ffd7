/** @file A stage graph as Mermaid text, which GitHub and editors draw. */
import { details, type Group, leftOutNote, type Picture, type PictureNode } from "./picture.ts";

/** Mermaid text of a picture. */
export function mermaid(picture: Picture): string {
  const { root, edges } = picture;
  const note = leftOutNote(picture);
  const nodes = allNodes(root);
  const lines = [
    "flowchart LR",
    ...(note === undefined ? [] : [`  %% ${note}`]),
    ...inside(root, "  "),
    ...edges.map(({ from, to }) => `  ${from.key} --> ${to.key}`),
    "  classDef mapped fill:#e8f0fe,stroke:#4a6fa5,color:#1f2937",
    "  classDef output stroke:#b45309,stroke-width:3px",
    ...classOf("mapped", nodes.filter(({ over }) => over !== undefined)),
    ...classOf("output", nodes.filter(({ outputs }) => outputs.length > 0)),
  ];
  return lines.join("\n") + "\n";
}

function inside(group: Group, indent: string): string[] {
  return [
    ...group.nodes.map((node) => indent + box(node)),
    ...group.groups.flatMap((inner) => [
      `${indent}subgraph ${inner.key}["${escape(inner.name)}"]`,
      ...inside(inner, indent + "  "),
      `${indent}end`,
    ]),
  ];
}

function box(node: PictureNode): string {
  const small = details(node);
  const label = escape(node.id) + (small === undefined ? "" : `<br/><small>${escape(small)}</small>`);
  // Stacked rectangles stand for a stage that runs once for each item.
  const shape = node.over === undefined ? `["${label}"]` : `[["${label}"]]`;
  return `${node.key}${shape}`;
}

/** A line that gives a class to nodes; none where there are none. */
function classOf(name: string, nodes: readonly PictureNode[]): string[] {
  return nodes.length === 0 ? [] : [`  class ${nodes.map(({ key }) => key).join(",")} ${name}`];
}

function allNodes(group: Group): PictureNode[] {
  return [...group.nodes, ...group.groups.flatMap(allNodes)];
}

/** Mermaid reads `#quot;` and its like as characters. */
function escape(text: string): string {
  return text.replaceAll("#", "#35;").replaceAll('"', "#quot;").replaceAll("<", "#lt;").replaceAll(">", "#gt;");
}
