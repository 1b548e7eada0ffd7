/** @file Graphs spelled in YAML: the same graphs and the same checks as in TypeScript. */
import assert from "node:assert/strict";
import { buildGraph, graphOf } from "../../../dsl/mod.ts";
import { readYaml, stageLibrary, YamlError, yamlPipeline } from "../../../dsl/yaml/mod.ts";
import type { AnyPipeline } from "../../../dsl/mod.ts";
import { accuracy, mnist, namespace, subsample, table, train } from "../toys.ts";
import { problemsOf } from "./refused.ts";

const library = stageLibrary(namespace);

function load(text: string): AnyPipeline {
  const document = readYaml(text, "pipelines/mine.yaml");
  assert.ok(document.kind === "graph");
  return yamlPipeline(document, library);
}

/** Nodes that are right, on lines 4 to 6 of a file, and what is to be tested after them. */
function withNodes(nodes: string, outputs = "{ d: d }"): string {
  return `name: mine
# Three nodes to refer to:
nodes:
  d: { stage: load.mnist, params: { train: 10 } }
  m: { stage: subsample, inputs: { data: d }, params: { members: 2 } }
  p: { stage: train, inputs: { data: d, masks: m }, params: { optimizer: { kind: sgd, lr: 1 } } }
${nodes}
outputs: ${outputs}
`;
}

Deno.test("yamlPipeline() builds the graph that TypeScript builds, with the file's names for ids", () => {
  const pipeline = load(withNodes(
    "  a: { stage: stats.accuracy, inputs: { logits: p, data: d } }\n" +
      "  t: { stage: report.table, inputs: { rows: { first: a, second: a } }, params: { caption: Both } }",
    "{ table: t, masks: m }",
  ));
  const d = mnist({ train: 10 }).as("d");
  const m = subsample({ data: d }, { members: 2 }).as("m");
  const p = train({ data: d, masks: m }, { optimizer: { kind: "sgd", lr: 1 } }).as("p");
  const a = accuracy({ logits: p, data: d }).as("a");
  const t = table({ rows: { first: a, second: a } }, { caption: "Both" }).as("t");
  assert.deepEqual(buildGraph(pipeline, {}), graphOf("mine", { table: t, masks: m }));
  assert.deepEqual(pipeline.presets, { default: {} });
});

Deno.test("yamlPipeline() takes nodes in any order, and twins under two names as two nodes", () => {
  const pipeline = load(
    "name: x\nnodes:\n  m: { stage: subsample, inputs: { data: b }, params: { members: 2 } }\n" +
      "  a: { stage: load.mnist }\n  b: { stage: load.mnist }\noutputs: { m: m, a: a }",
  );
  assert.deepEqual(buildGraph(pipeline, {}).nodes.map(({ id }) => id), ["b", "m", "a"]);
});

const STAGES = 'Known: "load.mnist", "report.table", "stats.accuracy", "subsample", "train"';

const REFUSED: Record<string, [string, ...string[]]> = {
  "an unknown stage": [
    withNodes("  x: { stage: load.minst }"),
    `7:15 Unknown stage "load.minst": did you mean "load.mnist"? ${STAGES}`,
  ],
  "a stage without its namespace": [
    withNodes("  x: { stage: mnist }"),
    `7:15 Unknown stage "mnist": did you mean "load.mnist"? ${STAGES}`,
  ],
  "a stage named like a method of objects": [
    withNodes("  x: { stage: toString }"),
    `7:15 Unknown stage "toString": ${STAGES}`,
  ],
  "an unknown input": [
    withNodes("  x:\n    stage: subsample\n    inputs: { dta: d, data: d }\n    params: { members: 2 }"),
    '9:15 Unknown input "dta" of node "x": did you mean "data"? Known: "data"',
  ],
  "a missing input": [
    withNodes("  x: { stage: stats.accuracy, inputs: { data: d } }"),
    '7:3 Missing input "logits" of node "x": it takes a collection of Predictions',
  ],
  "no inputs at all": [
    withNodes("  x: { stage: stats.accuracy }"),
    '7:3 Missing input "logits" of node "x": it takes a collection of Predictions',
    '7:3 Missing input "data" of node "x": it takes one Data',
  ],
  "an input of another type": [
    withNodes("  x: { stage: stats.accuracy, inputs: { logits: m, data: d } }"),
    '7:49 Cannot wire a collection of Masks (from "m", a "subsample") into input "logits" of node "x": ' +
    "it takes a collection of Predictions",
  ],
  "one node where nodes by name are wanted": [
    withNodes("  x: { stage: report.table, inputs: { rows: d } }"),
    '7:45 Cannot wire one Data (from "d", a "mnist") into input "rows" of node "x": it takes single Metrics by name',
  ],
  "a wrong node among nodes by name": [
    withNodes("  x: { stage: report.table, inputs: { rows: { a: d } } }"),
    '7:50 Cannot wire one Data (from "d", a "mnist") into input "rows.a" of node "x": it takes single Metrics by name',
  ],
  "nodes by name where one is wanted": [
    withNodes("  x: { stage: subsample, inputs: { data: { a: d } }, params: { members: 2 } }"),
    '7:36 Cannot wire nodes by name into input "data" of node "x": it takes one Data',
  ],
  "an unknown node": [
    withNodes(
      "  halves: { stage: train, inputs: { data: d, masks: halvs }, params: { optimizer: { kind: sgd, lr: 1 } } }",
    ),
    '7:53 Unknown node "halvs" in input "masks" of node "halves": did you mean "halves"? ' +
    'Known: "d", "halves", "m", "p"',
  ],
  "an unknown node among nodes by name": [
    withNodes("  x: { stage: report.table, inputs: { rows: { a: missing } } }"),
    '7:50 Unknown node "missing" in input "rows" of node "x": Known: "d", "m", "p", "x"',
  ],
  "a node that needs itself": [
    withNodes("  x: { stage: report.table, inputs: { rows: { a: x } } }"),
    '7:50 Cannot order nodes that need each other: "x" -> "x"; remove one of these references',
  ],
  "a cycle": [
    withNodes(
      "  x: { stage: report.table, inputs: { rows: { a: y } } }\n  y: { stage: report.table, inputs: { rows: { a: z } } }\n" +
        "  z: { stage: report.table, inputs: { rows: { a: x } } }",
    ),
    '9:50 Cannot order nodes that need each other: "x" -> "y" -> "z" -> "x"; remove one of these references',
  ],
  "an unknown parameter": [
    withNodes("  x: { stage: load.mnist, params: { trian: 5 } }"),
    '7:37 Cannot use parameter "trian" of node "x": unknown parameter; did you mean "train"? Known: "train"',
  ],
  "a wrong parameter": [
    withNodes("  x: { stage: load.mnist, params: { train: 0 } }"),
    '7:37 Cannot use parameter "train" of node "x": too small: expected number to be >=1; found 0',
  ],
  "a missing parameter": [
    withNodes("  x: { stage: subsample, inputs: { data: d }, params: {} }"),
    '7:47 Cannot use parameter "members" of node "x": missing: expected number',
  ],
  "parameters left out": [
    withNodes("  x: { stage: subsample, inputs: { data: d } }"),
    '7:3 Cannot use parameter "members" of node "x": missing: expected number',
  ],
  "nested parameters": [
    withNodes(`  x:
    stage: train
    inputs: { data: d, masks: m }
    params:
      optimizer:
        kind: sam
        lr: none
        roh: 0.05`),
    '11:7 Cannot use parameter "optimizer.rho" of node "x": missing: expected number',
    '13:9 Cannot use parameter "optimizer.lr" of node "x": expected number; found "none"',
    '14:9 Cannot use parameter "optimizer.roh" of node "x": unknown parameter; did you mean "rho"? ' +
    'Known: "kind", "lr", "rho"',
  ],
  "parameters that stand at an alias": [
    withNodes(
      "  x: { stage: load.mnist, params: &few { train: 0 } }\n  y: { stage: load.mnist, params: *few }",
    ),
    '7:42 Cannot use parameter "train" of node "x": too small: expected number to be >=1; found 0',
    '7:42 Cannot use parameter "train" of node "y": too small: expected number to be >=1; found 0',
  ],
  "an output that names no node": [
    withNodes("", "{ masks: n }"),
    '8:19 Unknown node "n" in output "masks": Known: "d", "m", "p"',
  ],
  "everything at once, but nothing that only follows from it": [
    withNodes(
      "  x: { stage: subsampl, inputs: { data: dd } }\n" +
        "  y: { stage: train, inputs: { data: d, masks: x }, params: { optimizer: { kind: sgd, lr: -1 } } }\n" +
        "  z: { stage: stats.accuracy, inputs: { logits: y, data: d } }",
      "{ z: z, w: w }",
    ),
    `7:15 Unknown stage "subsampl": did you mean "subsample"? ${STAGES}`,
    '7:41 Unknown node "dd" in input "data" of node "x": did you mean "d"? Known: "d", "m", "p", "x", "y", "z"',
    '8:87 Cannot use parameter "optimizer.lr" of node "y": too small: expected number to be >0; found -1',
    '10:21 Unknown node "w" in output "w": Known: "d", "m", "p", "x", "y", "z"',
  ],
};

for (const [what, [text, ...problems]] of Object.entries(REFUSED)) {
  Deno.test(`yamlPipeline() explains ${what}`, () => {
    assert.deepEqual(problemsOf(() => load(text)), problems);
  });
}

Deno.test("YamlError points at the line, with the nearest name and what lies beneath", () => {
  assert.throws(() => load(withNodes("  x: { stage: load.minst }")), (error) => {
    assert.ok(error instanceof YamlError);
    assert.equal(
      error.message,
      `pipelines/mine.yaml:7:15 Unknown stage "load.minst": did you mean "load.mnist"? ${STAGES}
  6 |   p: { stage: train, inputs: { data: d, masks: m }, params: { optimizer: { kind: sgd, lr: 1 } } }
  7 |   x: { stage: load.minst }
    |               ^^^^^^^^^^`,
    );
    assert.equal(error.nearest, "load.mnist");
    return true;
  });
  assert.throws(() => load(withNodes("  x: { stage: load.mnist, params: { train: 0 } }")), (error: YamlError) => {
    assert.equal((error.cause as Error).name, "ParamsError");
    return true;
  });
});
