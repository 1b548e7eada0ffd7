/** @file Loading YAML pipelines: ablations of pipelines, stages from modules, and what the host cannot find. */
import assert from "node:assert/strict";
import { type AnyPipeline, buildGraph, resolveParams } from "../../../dsl/mod.ts";
import { ablation, loadYaml, readYaml, stageLibrary, type YamlHost } from "../../../dsl/yaml/mod.ts";
import { constant } from "../factory.ts";
import { namespace, toy } from "../toys.ts";
import { problemsLater, problemsOf } from "./refused.ts";

const missing = new Error("no such file");

const FILES: Record<string, object> = {
  "./toy.ts": toy,
  "./my_stages.ts": { mine: constant("mine", () => 1), helper: () => 3 },
  "./clash.ts": { subsample: constant("subsample", () => 1) },
  "./empty.ts": { nothing: 1 },
};

const host: YamlHost = {
  library: stageLibrary(namespace),
  pipeline: (path) => path in FILES ? Promise.resolve(FILES[path]) : Promise.reject(missing),
  module: (path) => path in FILES ? Promise.resolve(FILES[path]!) : Promise.reject(missing),
};

function ablate(text: string, file = "pipelines/mine.yaml"): AnyPipeline {
  const document = readYaml(text, file);
  assert.ok(document.kind === "ablation");
  return ablation(document, toy);
}

Deno.test("ablation() merges the file's parameters over every preset, its own preset being the default", () => {
  const changed = ablate("pipeline: ./toy.ts\npreset: big\nparams: { optimizers: { sgd: { lr: 3 } } }");
  assert.deepEqual(resolveParams(changed, {}), { members: 64, optimizers: { sgd: { kind: "sgd", lr: 3 } } });
  assert.deepEqual(resolveParams(changed, { preset: "big" }), resolveParams(changed, {}));
  assert.equal(resolveParams(changed, { overrides: [{ members: 5 }] }).members, 5);
  assert.deepEqual(toy.presets.default, { members: 2, optimizers: { sgd: { kind: "sgd", lr: 0.1 } } });
});

Deno.test("ablation() without a preset changes the default, and every other preset alike", () => {
  const changed = ablate("pipeline: ./toy.ts\nparams: { optimizers: { sgd: null, slow: { kind: sgd, lr: 0.01 } } }");
  const optimizers = { slow: { kind: "sgd", lr: 0.01 } };
  assert.deepEqual(resolveParams(changed, {}), { members: 2, optimizers });
  assert.deepEqual(resolveParams(changed, { preset: "big" }), { members: 64, optimizers });
});

Deno.test("ablation() goes by its name, or by its file's", () => {
  assert.equal(ablate("pipeline: ./toy.ts\nname: other").name, "other");
  assert.equal(ablate("pipeline: ./toy.ts", "C:\\work\\rho scan.v2.yml").name, "rho-scan.v2");
  assert.equal(ablate("pipeline: ./toy.ts", "...yaml").name, "ablation");
});

const REFUSED: Record<string, [string, ...string[]]> = {
  "an unknown preset": [
    "pipeline: ./toy.ts\npreset: bog",
    '2:9 Unknown preset "bog" of pipeline "toy": did you mean "big"? Known: "big", "default"',
  ],
  "parameters at any depth, each at its line": [
    "pipeline: ./toy.ts\nparams:\n  member: 3\n  optimizers:\n    sgd: { rho: 1 }\n    sam:\n      kind: sam\n      lr: 0",
    '3:3 Cannot use parameter "member" of pipeline "toy": unknown parameter; did you mean "members"? ' +
    'Known: "members", "optimizers"',
    '5:12 Cannot use parameter "optimizers.sgd.rho" of pipeline "toy": unknown parameter; Known: "kind", "lr"',
    '6:5 Cannot use parameter "optimizers.sam.rho" of pipeline "toy": missing: expected number',
    '8:7 Cannot use parameter "optimizers.sam.lr" of pipeline "toy": too small: expected number to be >0; found 0',
  ],
  "a parameter that is removed but needed": [
    "pipeline: ./toy.ts\nparams: { members: null }",
    '2:11 Cannot use parameter "members" of pipeline "toy": missing: expected number',
  ],
};

for (const [what, [text, ...problems]] of Object.entries(REFUSED)) {
  Deno.test(`ablation() explains ${what}`, () => {
    assert.deepEqual(problemsOf(() => ablate(text)), problems);
  });
}

Deno.test("loadYaml() loads an ablation, and an ablation of an ablation", async () => {
  const first = await loadYaml("pipeline: ./toy.ts\nparams: { members: 7 }", "first.yaml", host);
  const second = await loadYaml("pipeline: ./first.yaml\nparams: { optimizers: { sgd: { lr: 2 } } }", "second.yaml", {
    ...host,
    pipeline: () => Promise.resolve(first),
  });
  assert.equal(second.name, "second");
  const params = resolveParams(second, {});
  assert.deepEqual(params, { members: 7, optimizers: { sgd: { kind: "sgd", lr: 2 } } });
  assert.equal(buildGraph(second, params).nodes.find(({ id }) => id === "subsample")?.node.params.members, 7);
});

Deno.test("loadYaml() loads a graph with stages of the library and of imported modules", async () => {
  const pipeline = await loadYaml(
    "name: x\nimport: [./my_stages.ts]\nnodes:\n  one: { stage: mine }\n" +
      "  t: { stage: report.table, inputs: { rows: { a: one } } }\noutputs: { t: t }",
    "x.yaml",
    host,
  );
  assert.deepEqual(buildGraph(pipeline, {}).nodes.map(({ id, node }) => `${id}: ${node.stage.name}`), [
    "one: mine",
    "t: table",
  ]);
});

const UNLOADABLE: Record<string, [string, string]> = {
  "a pipeline that is not there": ["pipeline: ./tou.ts", '1:11 Cannot load "./tou.ts": no such file'],
  "a module that exports no pipeline": [
    "pipeline: ./empty.ts",
    '1:11 Cannot use "./empty.ts" as a pipeline: its default export is not what pipeline() returns',
  ],
  "an import that is not there": [
    "name: x\nimport: [./my_stages.ts, ./gone.ts]\nnodes: {}\noutputs: {}",
    '2:26 Cannot load "./gone.ts": no such file',
  ],
  "an import without a stage": [
    "name: x\nimport: [./empty.ts]\nnodes: {}\noutputs: {}",
    '2:10 Cannot find a stage in "./empty.ts": export what stage() returns',
  ],
  "an import that would hide a stage": [
    "name: x\nimport: [./clash.ts]\nnodes: {}\noutputs: {}",
    '2:10 Cannot import a second stage "subsample": there is one already; export it by another name',
  ],
};

for (const [what, [text, problem]] of Object.entries(UNLOADABLE)) {
  Deno.test(`loadYaml() explains ${what}`, async () => {
    const { problems, cause } = await problemsLater(() => loadYaml(text, "x.yaml", host));
    assert.deepEqual(problems, [problem]);
    assert.equal(cause, problem.endsWith("no such file") ? missing : undefined);
  });
}
