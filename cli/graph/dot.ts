/** @file A stage graph in Graphviz' DOT language. */
import { details, type Group, leftOutNote, type Picture, type PictureEdge, type PictureNode } from "./picture.ts";

const header = [
  '  rankdir=LR; ranksep=0.6; nodesep=0.12; newrank=true; fontname="Helvetica,Arial,sans-serif";',
  '  node [shape=box, style="rounded,filled", fillcolor="#ffffff", color="#64748b", fontcolor="#1f2937",',
  '    fontname="Helvetica,Arial,sans-serif", fontsize=11, height=0.3, margin="0.18,0.05"];',
  '  edge [color="#64748b", arrowsize=0.6];',
];

const groupLook =
  'labeljust=l; labelloc=t; fontsize=13; fontcolor="#1f2937"; style="rounded,filled"; color="#cbd5e1"; ' +
  'fillcolor="#f8fafc";';

/** DOT text of a picture. */
export function dot(picture: Picture): string {
  const { pipeline, root, edges } = picture;
  const note = leftOutNote(picture);
  const caption = note === undefined ? [] : [`  label=${quote(note)}; fontsize=9; fontcolor="#64748b";`];
  const lines = [...header, ...caption, ...inside(root, "  "), ...edges.map(arrow)];
  return [`digraph ${quote(pipeline)} {`, ...lines, "}", ""].join("\n");
}

function inside(group: Group, indent: string): string[] {
  return [
    ...group.nodes.map((node) => indent + box(node)),
    ...group.groups.flatMap((inner) => [
      `${indent}subgraph cluster_${inner.key} {`,
      `${indent}  label=${quote(inner.name)}; ${groupLook}`,
      ...inside(inner, indent + "  "),
      `${indent}}`,
    ]),
  ];
}

function box(node: PictureNode): string {
  // Plain labels, not HTML-like ones: those are set line by line from the left and run out of the box in another font.
  const label = [node.name, details(node) ?? []].flat().map(quoted).join("\\n");
  const look = [
    `label="${label}"`,
    `tooltip=${quote(`${node.id}: ${node.doc}`)}`,
    ...(node.over === undefined ? [] : ['fillcolor="#e8f0fe"']),
    ...(node.outputs.length > 0 ? ['color="#b45309"', "penwidth=2"] : []),
  ];
  return `${quote(node.id)} [${look.join(", ")}];`;
}

function arrow({ from, to }: PictureEdge): string {
  return `  ${quote(from.id)} -> ${quote(to.id)};`;
}

function quote(text: string): string {
  return `"${quoted(text)}"`;
}

function quoted(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
}
