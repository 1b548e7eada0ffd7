/** @file A stage graph as SVG: Graphviz, compiled to WebAssembly, lays out the DOT text. */
import { instance } from "@viz-js/viz";

/** Draws DOT text as SVG. */
export async function svg(dot: string): Promise<string> {
  const graphviz = await instance();
  return graphviz.renderString(dot, { format: "svg", engine: "dot" });
}
