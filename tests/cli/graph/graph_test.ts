/** @file Graphs in every format. */
import assert from "node:assert/strict";
import { graphDocument } from "../../../cli/graph/json.ts";
import { dot } from "../../../cli/graph/dot.ts";
import { mermaid } from "../../../cli/graph/mermaid.ts";
import { pictureOf } from "../../../cli/graph/picture.ts";
import { svg } from "../../../cli/graph/svg.ts";
import { buildGraph, type Graph, resolveParams } from "../../../dsl/mod.ts";
import pipeline from "../fixtures/table1_like.ts";
import { golden } from "../golden.ts";

function graphWith(optimizers: Record<string, unknown>): Graph {
  const none = { sgd: null, sam: null, asam: null, swa: null };
  return buildGraph(pipeline, resolveParams(pipeline, { overrides: [{ optimizers: none }, { optimizers }] }));
}

const small = graphWith({ 'a"<b>': { kind: "sgd" } });
const whole = buildGraph(pipeline, resolveParams(pipeline, {}));

Deno.test("mermaid() draws branches as subgraphs and marks mapped stages and outputs", () => {
  golden("graph-mermaid", mermaid(pictureOf(small)));
});

Deno.test("dot() draws branches as clusters, with ids for names", () => {
  golden("graph-dot", dot(pictureOf(small)));
});

Deno.test("graphDocument() gives nodes in running order, with inputs and parameters", () => {
  golden("graph-json", graphDocument(small));
  assert.equal(JSON.parse(graphDocument(whole)).nodes.length, whole.nodes.length);
});

Deno.test("pictureOf() leaves out edges that longer ways imply, and no way with them", () => {
  const [reduced, full] = [pictureOf(whole), pictureOf(whole, true)];
  assert.equal(reduced.edges.length + reduced.leftOut, full.edges.length);
  assert.equal(full.leftOut, 0);
  assert.ok(reduced.leftOut > 40);
  function reach(edges: typeof full.edges): Set<string> {
    const found = new Set(edges.map(({ from, to }) => `${from.id} ${to.id}`));
    for (let size = -1; size !== found.size;) {
      size = found.size;
      for (const { from, to } of edges) {
        for (const way of [...found]) if (way.endsWith(` ${from.id}`)) found.add(`${way.split(" ")[0]} ${to.id}`);
      }
    }
    return found;
  }
  assert.deepEqual(reach(reduced.edges), reach(full.edges));
});

Deno.test("svg() draws every node of a graph", async () => {
  const drawn = await svg(dot(pictureOf(whole)));
  assert.match(drawn, /^<\?xml/);
  assert.equal(drawn.match(/class="node"/g)?.length, whole.nodes.length);
  assert.equal(drawn.match(/class="cluster"/g)?.length, 4);
});
