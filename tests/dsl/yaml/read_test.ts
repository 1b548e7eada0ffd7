/** @file The shape of YAML pipelines: what is read, and what is said at which line when it is wrong. */
import assert from "node:assert/strict";
import { readYaml, YamlError } from "../../../dsl/yaml/mod.ts";
import { problemsOf } from "./refused.ts";

Deno.test("readYaml() reads an ablation", () => {
  const document = readYaml(
    "pipeline: ./a.ts\npreset: tiny\nparams: { o: { lr: 1e-3 }, x: null }\nname: mine",
    "f.yaml",
  );
  assert.ok(document.kind === "ablation");
  assert.deepEqual(
    [document.pipeline.text, document.preset?.text, document.params, document.name],
    ["./a.ts", "tiny", { o: { lr: 0.001 }, x: null }, "mine"],
  );
});

Deno.test("readYaml() reads an ablation that changes nothing", () => {
  const document = readYaml("pipeline: ./a.ts\nparams:\n", "f.yaml");
  assert.ok(document.kind === "ablation");
  assert.deepEqual([document.preset, document.params, document.name], [undefined, {}, undefined]);
});

Deno.test("readYaml() reads a graph, with values shared by anchors", () => {
  const document = readYaml(
    `
name: mine
import: [./a.ts, ./b.ts]
nodes:
  data: { stage: load.mnist, inputs: }
  sam/rows: &row { stage: table, inputs: { rows: { a: x, b: y } }, params: { n: 1 } }
  sgd/rows: *row
outputs: { table: sam/rows }`,
    "f.yaml",
  );
  assert.ok(document.kind === "graph");
  assert.equal(document.name, "mine");
  assert.deepEqual(document.imports.map(({ text }) => text), ["./a.ts", "./b.ts"]);
  assert.deepEqual([...document.nodes.keys()], ["data", "sam/rows", "sgd/rows"]);
  const rows = document.nodes.get("sgd/rows")?.inputs.get("rows")?.to;
  assert.ok(rows instanceof Map);
  assert.deepEqual([...rows].map(([name, { text }]) => [name, text]), [["a", "x"], ["b", "y"]]);
  assert.deepEqual([...document.outputs].map(([name, { text }]) => [name, text]), [["table", "sam/rows"]]);
});

const EMPTY = 'Empty pipeline file: give it "pipeline" (an ablation) or "nodes" and "outputs" (a graph)';
const GRAPH = "name: a\nnodes: { d: { stage: s } }\noutputs: { d: d }";

const REFUSED: Record<string, [string, ...string[]]> = {
  "an empty file": ["", `1:1 ${EMPTY}`],
  "a file of comments": ["# nothing\n", `1:1 ${EMPTY}`],
  "a list": ["- 1", "1:1 Cannot use a list as a pipeline: write a mapping of names to values"],
  "a string": ["hello", '1:1 Cannot use "hello" as a pipeline: write a mapping of names to values'],
  "an empty mapping": [
    "{}",
    '1:1 Cannot tell what the file is: give it "pipeline" (an ablation) or "nodes" and "outputs" (a graph)',
  ],
  "a mistyped entry that would say what the file is": [
    "pipelin: ./a.ts",
    '1:1 Unknown entry "pipelin" of a pipeline file: did you mean "pipeline"? ' +
    'Known: "import", "name", "nodes", "outputs", "params", "pipeline", "preset"',
  ],
  "an entry of the other kind": [
    "pipeline: ./a.ts\nimport: [./b.ts]",
    '2:1 Unknown entry "import" of a pipeline file: Known: "name", "params", "pipeline", "preset"',
  ],
  "both kinds at once": [
    "nodes: {}\npipeline: ./a.ts",
    '2:1 Cannot change a pipeline and spell a graph in one file: keep either "pipeline" or "nodes" and "outputs"',
  ],
  "broken syntax": [
    "pipeline: [./a.ts",
    "1:18 Cannot read YAML: flow sequence in block collection must be sufficiently indented and end with a ]",
  ],
  "tabs": ["pipeline: a\nparams:\n\tn: 1", "3:1 Cannot read YAML: tabs are not allowed as indentation"],
  "a tag": ["pipeline: !js ./a.ts", "1:11 Cannot read YAML: unresolved tag: !js"],
  "a key that stands twice": [
    "pipeline: a\nparams:\n  members: 1\n  members: 2",
    '4:3 Duplicate name "members": each name may stand once in a mapping; remove or rename one',
  ],
  "a key that stands twice, once as a number": [
    "pipeline: a\nparams: { 1: a, '1': b }",
    `2:17 Duplicate name "'1'": each name may stand once in a mapping; remove or rename one`,
  ],
  "a second document": [
    "pipeline: a\n---\npipeline: b",
    '2:1 Cannot read a second document: keep one pipeline in a file, and remove "---"',
  ],
  "an unknown alias": [
    "pipeline: a\nparams: { n: *m }",
    '2:14 Unknown alias "*m": mark a value before it with "&m"',
  ],
  "an alias inside its own value": [
    "pipeline: a\nparams: &p { n: *p }",
    '2:17 Cannot use alias "*p" inside the value that it stands for: remove it',
  ],
  "aliases that grow without bounds": [
    "pipeline: a\nparams:\n  a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n" +
    "  b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n  c: [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b, *b]",
    "3:3 Cannot expand the aliases in this value: write it out",
  ],
  "wrong types in an ablation": [
    "pipeline: 3\npreset: [tiny]\nparams: 7\nname: a/b",
    '1:11 Cannot use 3 as "pipeline": write a string',
    '2:9 Cannot use a list as "preset": write a string',
    '3:9 Cannot use 7 as "params": write a mapping of names to values',
    '4:7 Cannot name a pipeline "a/b": use letters, digits, "-", "_" and "." only',
  ],
  "a graph without a name and outputs": [
    "nodes: { d: { stage: s } }",
    '1:1 Missing "name": a graph has "name", "nodes" and "outputs"',
    '1:1 Missing "outputs": a graph has "name", "nodes" and "outputs"',
  ],
  "a single import": [
    `import: ./a.ts\n${GRAPH}`,
    '1:9 Cannot use "./a.ts" as "import": write a list, as in [./my_stages.ts]',
  ],
  "an import that is no path": [`import: [3]\n${GRAPH}`, "1:10 Cannot use 3 as a module to import: write a string"],
  "wrong types in a graph": [
    `name: a
nodes:
  a: load.mnist
  b: { inputs: {} }
  c: { stage: s, input: {} }
  d: { stage: s, inputs: [a], params: 3 }
  e: { stage: s, inputs: { x: 3, y: { z: [a] } } }
  f: { stage: }
  g:
  a b: { stage: s }
outputs: { table: {}, "x y": a }`,
    '3:6 Cannot use "load.mnist" as node "a": write a mapping of names to values',
    '4:3 Missing "stage" of node "b": name the stage that makes it',
    '5:18 Unknown entry "input" of node "c": did you mean "inputs"? Known: "inputs", "params", "stage"',
    '6:26 Cannot use a list as the inputs of node "d": write a mapping of names to values',
    '6:39 Cannot use 3 as the parameters of node "d": write a mapping of names to values',
    '7:31 Cannot use 3 as input "x" of node "e": write a string',
    '7:42 Cannot use a list as "z" in input "y" of node "e": write a string',
    '8:15 Cannot use nothing as the stage of node "f": write a string',
    '9:5 Cannot use nothing as node "g": write a mapping of names to values',
    '10:3 Cannot name a node "a b": use letters, digits, "-", "_" and "." only',
    '11:19 Cannot use a mapping as "table" in "outputs": write a string',
    '11:23 Cannot name an output "x y": use letters, digits, "-", "_" and "." only',
  ],
};

for (const [what, [text, ...problems]] of Object.entries(REFUSED)) {
  Deno.test(`readYaml() explains ${what}`, () => {
    assert.deepEqual(problemsOf(() => readYaml(text, "f.yaml")), problems);
  });
}

Deno.test("YamlError shows file, place, message and a code frame for every problem", () => {
  assert.throws(() => readYaml("pipeline: 3\n\nprest: tiny\n", "pipelines/mine.yaml"), (error) => {
    assert.ok(error instanceof YamlError);
    assert.equal(
      error.message,
      `pipelines/mine.yaml:3:1 Unknown entry "prest" of a pipeline file: did you mean "preset"? Known: "name", "params", "pipeline", "preset"
  2 |
  3 | prest: tiny
    | ^^^^^`,
    );
    assert.deepEqual([error.file, error.line, error.column, error.nearest], ["pipelines/mine.yaml", 3, 1, "preset"]);
    return true;
  });
});
