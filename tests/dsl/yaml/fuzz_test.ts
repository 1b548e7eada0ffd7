/** @file Whatever a YAML file holds, loading it gives a pipeline or a YamlError that points into the file. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ablation, readYaml, stageLibrary, YamlError, yamlPipeline } from "../../../dsl/yaml/mod.ts";
import { namespace, toy } from "../toys.ts";

const library = stageLibrary(namespace);

const GOOD = [
  `name: mine
import: []
nodes:
  d: &d { stage: load.mnist, params: { train: 10 } }
  m: { stage: subsample, inputs: { data: d }, params: { members: 2 } }
  p:
    stage: train
    inputs: { data: d, masks: m }
    params: { optimizer: { kind: sam, lr: 1, rho: 0.05 } }
  a: { stage: stats.accuracy, inputs: { logits: p, data: d } }
  t: { stage: report.table, inputs: { rows: { first: a, second: a } } }
  twin: *d
outputs: { table: t, masks: m }
`,
  `pipeline: ./toy.ts
preset: big
params:
  members: 3
  optimizers:
    sgd: null
    sam: { kind: sam, lr: 0.1, rho: 0.05 }
name: mine
`,
];

/** Edits: at a place (modulo the length), drop some characters and put others in. */
const edits = fc.array(
  fc.record({
    at: fc.nat(),
    drop: fc.nat({ max: 6 }),
    put: fc.oneof(
      fc.constantFrom(
        "",
        " ",
        "\n",
        ": ",
        "{",
        "}",
        "[",
        "]",
        "&d ",
        "*d",
        "- ",
        "? ",
        "!!x ",
        "'",
        '"',
        "#",
        "null",
        "\t",
      ),
      fc.constantFrom(
        "d",
        "p",
        "stage",
        "inputs",
        "params",
        "kind",
        "rho",
        "1",
        "~",
        "<<",
        "__proto__",
        "---\n",
        "é",
        "\r",
      ),
      fc.string({ maxLength: 3 }),
    ),
  }),
  { minLength: 1, maxLength: 4 },
);

function load(text: string): void {
  const document = readYaml(text, "f.yaml");
  if (document.kind === "graph") yamlPipeline(document, library).graph({} as never);
  else ablation(document, toy);
}

Deno.test("the texts that are edited below load as they are", () => {
  for (const text of GOOD) load(text);
});

Deno.test("readYaml(), yamlPipeline() and ablation() throw nothing but YamlError, with places inside the file", () => {
  let refused = 0;
  fc.assert(
    fc.property(fc.constantFrom(...GOOD), edits, (good, changes) => {
      let text = good;
      for (const { at, drop, put } of changes) {
        const start = at % (text.length + 1);
        text = text.slice(0, start) + put + text.slice(start + drop);
      }
      try {
        load(text);
      } catch (error) {
        assert.ok(error instanceof YamlError, `${error}\n${error instanceof Error ? error.stack : ""}`);
        refused++;
        const lines = text.split("\n");
        for (const { line, column, message } of error.problems) {
          assert.ok(line >= 1 && line <= lines.length, `line ${line}: ${message}`);
          assert.ok(column >= 1 && column <= lines[line - 1]!.length + 1, `${line}:${column} ${message}`);
          assert.match(message, /^[A-Z].*[^.]$/s);
        }
      }
    }),
    { numRuns: 1000 },
  );
  assert.ok(refused > 300, `only ${refused} of 1000 were refused`);
});
