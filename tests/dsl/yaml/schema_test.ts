/** @file The JSON schema of YAML pipelines, judged by a validator of its own. */
import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { z } from "zod";
import { pipelineSchema, stageLibrary } from "../../../dsl/yaml/mod.ts";
import { stage } from "../../../dsl/mod.ts";
import { Metrics, namespace, toy } from "../toys.ts";

interface Tree {
  name: string;
  children?: Tree[] | undefined;
}
const tree: z.ZodType<Tree> = z.lazy(() => z.object({ name: z.string(), children: z.array(tree).optional() }));

/** A stage whose parameters use all that makes JSON schemas refer or combine. */
const odd = stage({
  name: "odd",
  doc: "Odd parameters",
  inputs: {},
  params: z.object({
    shared: z.object({ a: z.int() }).meta({ id: "Shared" }).optional(),
    tree: tree.optional(),
    both: z.intersection(z.object({ a: z.int() }), z.object({ b: z.int() })).optional(),
    free: z.looseObject({ a: z.int() }).optional(),
    rate: z.number().default(1).describe("A rate"),
  }),
  output: Metrics,
  run: () => ({ value: Float64Array.of(0) }),
});

const branch = z.object({
  leaf: z.string(),
  get branches() {
    return z.array(branch).optional();
  },
});

/** A stage whose parameters hold themselves. */
const rooted = stage({
  name: "rooted",
  doc: "Parameters within parameters",
  inputs: {},
  params: branch,
  output: Metrics,
  run: () => ({ value: Float64Array.of(0) }),
});

const schema = pipelineSchema(stageLibrary(namespace, { odd, rooted }), { "./pipe lines/toy.ts": toy });
/** Strict: an unknown keyword or an empty list of conditions is an error. */
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictTypes: false, strictRequired: false });
const validate = ajv.compile(schema);

function graph(nodes: string, head = ""): string {
  return `${head}\nname: mine\nnodes:\n${nodes}\noutputs: { data: data }`;
}

const DATA = "  data: { stage: load.mnist }\n";

function ablation(params: string): string {
  return `{ pipeline: ./pipe lines/toy.ts, preset: big, params: ${params} }`;
}

const GOOD = {
  "an ablation": "{ pipeline: ./a.ts, preset: tiny, params: { optimizers: { sam: { rho: 1 }, sgd: null } }, name: b }",
  "an ablation without changes": "pipeline: ./a.ts\nparams:",
  "changes to a known pipeline": ablation(
    "{ members: 3, optimizers: { sgd: { lr: 1 }, sam: { kind: sam, rho: 1 }, x: null } }",
  ),
  "a removed parameter of a known pipeline": ablation("{ members: null }"),
  "no changes to a known pipeline": ablation(""),
  "a source stage without parameters": graph(DATA),
  "empty parameters where all have defaults": graph("  data:\n    stage: load.mnist\n    params:\n    inputs:"),
  "inputs by name": graph(DATA + "  masks: { stage: subsample, inputs: { data: data }, params: { members: 2 } }"),
  "a variant with all it needs": graph(
    DATA +
      "  m: { stage: train, inputs: { data: data, masks: m }, params: { optimizer: { kind: sam, lr: 1, rho: 1 } } }",
  ),
  "nodes by name": graph(DATA + "  t: { stage: report.table, inputs: { rows: { a: data } } }"),
  "an imported stage": graph("  data: { stage: myOwn, inputs: { x: y } }", "import: [./my.ts]"),
  "a shared definition": graph("  data: { stage: odd, params: { shared: { a: 1 } } }"),
  "a recursive definition": graph("  data: { stage: odd, params: { tree: { name: a, children: [{ name: b }] } } }"),
  "parameters within themselves": graph("  data: { stage: rooted, params: { leaf: a, branches: [{ leaf: b }] } }"),
  "an intersection": graph("  data: { stage: odd, params: { both: { a: 1, b: 1 } } }"),
  "an open object": graph("  data: { stage: odd, params: { free: { a: 1, b: 1 } } }"),
};

/** Text, and one of the reasons why it is refused: place and message. */
const BAD: Record<string, [string, string]> = {
  "an unknown entry": ["{ pipeline: ./a.ts, presets: tiny }", " must NOT have additional properties"],
  "an unknown parameter of a known pipeline": [
    ablation("{ member: 3 }"),
    "/params must NOT have additional properties",
  ],
  "a nested unknown parameter of a known pipeline": [
    ablation("{ optimizers: { sgd: { roh: 1 } } }"),
    "/params/optimizers/sgd must NOT have additional properties",
  ],
  "a wrong parameter of a known pipeline": [ablation("{ members: 1 }"), "/params/members must be >= 2"],
  "an unknown preset of a known pipeline": [
    "{ pipeline: ./pipe lines/toy.ts, preset: bog }",
    "/preset must be equal to one of the allowed values",
  ],
  "both kinds at once": ["{ pipeline: ./a.ts, nodes: {}, outputs: {} }", " must have required property 'name'"],
  "neither kind": ["{ name: a }", " must have required property 'pipeline'"],
  "a list": ["[]", " must be object"],
  "a graph without outputs": ["{ name: a, nodes: {} }", " must have required property 'outputs'"],
  "an unknown stage": [
    graph("  data: { stage: load.minst }"),
    "/nodes/data/stage must be equal to one of the allowed values",
  ],
  "a node without a stage": [graph("  data: { params: {} }"), "/nodes/data must have required property 'stage'"],
  "an unknown entry of a node": [
    graph("  data: { stage: load.mnist, parms: {} }"),
    "/nodes/data must NOT have additional properties",
  ],
  "a missing input": [
    graph("  data: { stage: subsample, inputs: {}, params: { members: 2 } }"),
    "/nodes/data/inputs must have required property 'data'",
  ],
  "inputs left out": [
    graph("  data: { stage: subsample, params: { members: 2 } }"),
    "/nodes/data must have required property 'inputs'",
  ],
  "an unknown input": [
    graph("  data: { stage: load.mnist, inputs: { data: data } }"),
    "/nodes/data/inputs must NOT have additional properties",
  ],
  "nodes by name where one is wanted": [
    graph(
      "  data: { stage: subsample, inputs: { data: { a: b } }, params: { members: 2 } }",
    ),
    "/nodes/data/inputs/data must be string",
  ],
  "one node where several are wanted by name": [
    graph("  data: { stage: report.table, inputs: { rows: data } }"),
    "/nodes/data/inputs/rows must be object",
  ],
  "missing parameters": [
    graph("  data: { stage: subsample, inputs: { data: data } }"),
    "/nodes/data must have required property 'params'",
  ],
  "an unknown parameter": [
    graph("  data: { stage: load.mnist, params: { trian: 1 } }"),
    "/nodes/data/params must NOT have additional properties",
  ],
  "a parameter out of range": [
    graph("  data: { stage: load.mnist, params: { train: 0 } }"),
    "/nodes/data/params/train must be >= 1",
  ],
  "a parameter of the wrong type": [
    graph("  data: { stage: load.mnist, params: { train: many } }"),
    "/nodes/data/params/train must be integer",
  ],
  "a variant without its rho": [
    graph(
      DATA + "  m: { stage: train, inputs: { data: data, masks: m }, params: { optimizer: { kind: sam, lr: 1 } } }",
    ),
    "/nodes/m/params/optimizer must have required property 'rho'",
  ],
  "an unknown name within a shared definition": [
    graph("  data: { stage: odd, params: { shared: { a: 1, b: 1 } } }"),
    "/nodes/data/params/shared must NOT have additional properties",
  ],
  "an unknown name within parameters within themselves": [
    graph("  data: { stage: rooted, params: { leaf: a, branches: [{ leaf: b, twig: c }] } }"),
    "/nodes/data/params/branches/0 must NOT have additional properties",
  ],
  "an unknown name within a recursive definition": [
    graph(
      "  data: { stage: odd, params: { tree: { name: a, children: [{ nam: b }] } } }",
    ),
    "/nodes/data/params/tree/children/0 must have required property 'name'",
  ],
};

for (const [what, text] of Object.entries(GOOD)) {
  Deno.test(`pipelineSchema() accepts ${what}`, () => {
    assert.equal(validate(parse(text)), true, JSON.stringify(validate.errors, null, 1));
  });
}

for (const [what, [text, reason]] of Object.entries(BAD)) {
  Deno.test(`pipelineSchema() refuses ${what}`, () => {
    assert.equal(validate(parse(text)), false);
    const reasons = validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
    assert.ok(reasons.includes(reason), reasons.join("\n"));
  });
}

Deno.test("pipelineSchema() keeps the docs of stages, inputs and parameters for completion", () => {
  const text = JSON.stringify(schema);
  for (const doc of ["Handwritten digits", "One Data. One row an example", "How many training examples", "A rate"]) {
    assert.ok(text.includes(doc), doc);
  }
});

Deno.test("pipelineSchema() is a schema without any stage or pipeline too", () => {
  const bare = ajv.compile(pipelineSchema({}));
  assert.equal(bare({ pipeline: "./a.ts" }), true);
  assert.equal(bare({ name: "a", nodes: { b: { stage: "c" } }, outputs: {} }), false);
  assert.equal(bare({ name: "a", import: ["./c.ts"], nodes: { b: { stage: "c" } }, outputs: {} }), true);
});
