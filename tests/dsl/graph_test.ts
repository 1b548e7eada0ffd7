/** @file From nodes to a graph: ids, merging, order. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import {
  buildGraph,
  dependencies,
  type Graph,
  graphOf,
  named,
  type Node,
  resolveParams,
  stage,
} from "../../dsl/mod.ts";
import { accuracy, Metrics, mnist, subsample, table, toy, train } from "./toys.ts";

const sgd = { kind: "sgd", lr: 1 } as const;

function idsOf(graph: Graph): string[] {
  return graph.nodes.map(({ id }) => id);
}

Deno.test("graphOf() names nodes by their stage, or by the label given with as()", () => {
  const graph = graphOf("p", { data: mnist(), other: mnist({ train: 7 }).as("seven") });
  assert.deepEqual(graph, {
    pipeline: "p",
    nodes: graph.nodes,
    outputs: { data: "mnist", other: "seven" },
  });
  assert.deepEqual(idsOf(graph), ["mnist", "seven"]);
});

Deno.test("graphOf() numbers nodes whose names collide, around labels that are taken", () => {
  const graph = graphOf("p", {
    a: mnist({ train: 1 }),
    b: mnist({ train: 2 }).as("mnist-2"),
    c: mnist({ train: 3 }),
    d: mnist({ train: 4 }).as("mnist-2"),
  });
  assert.deepEqual(graph.outputs, { a: "mnist", b: "mnist-2", c: "mnist-3", d: "mnist-2-2" });
});

Deno.test("graphOf() merges nodes of one stage, name, parameters and inputs, in whatever order inputs are spelled", () => {
  function zoo(): Node<typeof import("./toys.ts").Predictions, "many"> {
    const masks = subsample({ data: mnist() }, { members: 2 });
    return train({ masks, data: mnist({ train: 100 }) }, { optimizer: sgd });
  }
  const data = mnist();
  const other = train({ data, masks: subsample({ data }, { members: 2 }) }, { optimizer: sgd });
  const graph = graphOf("p", { a: accuracy({ logits: zoo(), data }), b: accuracy({ logits: other, data: mnist() }) });
  assert.deepEqual(idsOf(graph), ["mnist", "subsample", "train", "accuracy"]);
  assert.deepEqual(graph.outputs, { a: "accuracy", b: "accuracy" });
});

Deno.test("graphOf() keeps nodes apart that differ in a parameter, a label, an input or the stage itself", () => {
  const data = mnist();
  const twin = stage({
    name: "mnist",
    doc: "",
    inputs: {},
    params: mnist.params,
    output: mnist().type,
    run: () => ({ x: { data: new Float32Array(0), shape: [0, 1] }, y: new Int32Array(0) }),
  });
  const graph = graphOf("p", {
    a: subsample({ data }, { members: 2 }),
    b: subsample({ data }, { members: 3 }),
    c: subsample({ data }, { members: 2 }).as("again"),
    d: subsample({ data: mnist({ train: 5 }) }, { members: 2 }),
    e: twin(),
    f: data,
  });
  assert.equal(new Set(Object.values(graph.outputs)).size, 6);
});

Deno.test("graphOf() keeps apart nodes whose parameters hold typed arrays of other elements or another type", () => {
  const weights = stage({
    name: "weights",
    doc: "",
    inputs: {},
    params: z.object({ values: z.union([z.instanceof(Float64Array), z.instanceof(Float32Array)]) }),
    output: Metrics,
    run: (_inputs, { values }) => ({ value: Float64Array.from(values) }),
  });
  const [a, b, c] = [[1, 2], [1, 3], [1, 2]].map((values) => weights({ values: Float64Array.from(values) }));
  const d = weights({ values: Float32Array.of(1, 2) });
  const { outputs } = graphOf("p", { a: a!, b: b!, c: c!, d });
  assert.deepEqual(outputs, { a: "weights", b: "weights-2", c: "weights", d: "weights-3" });
});

Deno.test("graphOf() holds only what the outputs need, and the ids that each input is wired to", () => {
  const data = mnist();
  subsample({ data }, { members: 9 });
  const metrics = accuracy({
    logits: train({ data, masks: subsample({ data }, { members: 2 }) }, { optimizer: sgd }),
    data,
  });
  const graph = graphOf("p", { table: table({ rows: { x: metrics, y: metrics } }) });
  assert.deepEqual(Object.fromEntries(graph.nodes.map(({ id, inputs }) => [id, inputs])), {
    mnist: {},
    subsample: { data: "mnist" },
    train: { data: "mnist", masks: "subsample" },
    accuracy: { logits: "train", data: "mnist" },
    table: { rows: { x: "accuracy", y: "accuracy" } },
  });
  assert.deepEqual(dependencies(graph.nodes.at(-1)!), ["accuracy"]);
});

Deno.test("graphOf() refuses an output that is no node", () => {
  assert.throws(() => graphOf("p", { rows: { a: mnist() } as never }), {
    name: "TypeError",
    message: 'Cannot use output "rows" of pipeline "p": it is not a node; return what stages return',
  });
});

Deno.test("buildGraph() builds the same graph from the same parameters", () => {
  const params = resolveParams(toy, { preset: "big" });
  const [a, b] = [buildGraph(toy, params), buildGraph(toy, params)];
  assert.deepEqual(
    a.nodes.map(({ id, inputs, node }) => [id, inputs, node.params]),
    b.nodes.map(
      ({ id, inputs, node }) => [id, inputs, node.params],
    ),
  );
  assert.equal(a.nodes.find(({ id }) => id === "subsample")?.node.params.members, 64);
});

/** Joins any number of nodes, so that random graphs of any shape can be made of it. */
const join = stage({
  name: "join",
  doc: "",
  inputs: { parts: named(Metrics) },
  params: z.object({ n: z.int() }),
  output: Metrics,
  run: () => ({ value: Float64Array.of(0) }),
});

/** For each node, the earlier nodes that it takes (numbers modulo its own index). */
const dags = fc.array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 25 });

Deno.test("graphOf() puts every node after those it needs, each once, for any graph", () => {
  fc.assert(fc.property(dags, fc.array(fc.nat(), { minLength: 1, maxLength: 5 }), (edges, wanted) => {
    const nodes: Node<typeof Metrics, "one">[] = [];
    for (const [n, targets] of edges.entries()) {
      const parts = n === 0 ? [] : targets.map((target, i) => [`p${i}`, nodes[target % n]!] as const);
      nodes.push(join({ parts: Object.fromEntries(parts) }, { n }));
    }
    const outputs = Object.fromEntries(wanted.map((target, i) => [`o${i}`, nodes[target % nodes.length]!]));
    const graph = graphOf("p", outputs);

    const seen = new Set<string>();
    for (const node of graph.nodes) {
      for (const id of dependencies(node)) assert.ok(seen.has(id), `${node.id} before ${id}`);
      assert.ok(!seen.has(node.id), `${node.id} twice`);
      seen.add(node.id);
    }
    for (const id of Object.values(graph.outputs)) assert.ok(seen.has(id));
    const needed = new Set(Object.values(graph.outputs));
    for (const node of [...graph.nodes].reverse()) {
      assert.ok(needed.has(node.id), `${node.id} is not needed`);
      for (const id of dependencies(node)) needed.add(id);
    }
  }));
});

Deno.test("Node.as() refuses an empty name", () => {
  assert.throws(() => mnist().as(""), { name: "RangeError", message: /Cannot name a node of stage "mnist" ""/ });
});
