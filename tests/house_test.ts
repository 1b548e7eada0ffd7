/** @file The rules of the house, held over the whole tree: who imports whom, the form of files, words to keep out. */
import assert from "node:assert/strict";
import { wrongForm } from "./house/form.ts";
import { wrongImports } from "./house/imports.ts";
import { sourceFiles } from "./house/tree.ts";
import { forbiddenWords } from "./house/words.ts";

const files = sourceFiles();
const modules = files.filter(({ path }) => /\.[mc]?tsx?$/.test(path));
const config = JSON.parse(files.find(({ path }) => path === "deno.json")!.text);
const packages = Object.keys(config.imports);

Deno.test("every module imports only what its room may import", () => {
  assert.deepEqual(modules.flatMap((module) => wrongImports(module, packages)), []);
});

Deno.test("every module has a header, at most 300 lines, and no syntax that the house does without", () => {
  assert.deepEqual(modules.flatMap(wrongForm), []);
});

Deno.test("no text names a registry's host or a folder of one machine", () => {
  assert.deepEqual(files.flatMap(forbiddenWords), []);
});

Deno.test("deno task test checks types, so that @ts-expect-error proves something", () => {
  const { command } = config.tasks.test;
  assert.match(command, /^deno test /);
  assert.doesNotMatch(command, /--no-check/);
});

Deno.test("sourceFiles() walks all rooms", () => {
  const rooms = new Set(modules.map(({ path }) => path.split("/")[0]));
  for (const room of ["dsl", "cache", "engine", "stages", "executor", "pipelines", "cli", "tests", "mod.ts"]) {
    assert.ok(rooms.has(room), room);
  }
});

const IMPORTS: [string, string, boolean][] = [
  ["dsl/a.ts", 'import { z } from "zod";\nimport { b } from "./b.ts";\nimport { c } from "./yaml/c.ts";', true],
  ["dsl/a.ts", 'import { Store } from "../cache/mod.ts";', false],
  ["dsl/yaml/a.ts", 'import type { Store } from "../../cache/mod.ts";', false],
  ["cache/a.ts", 'export { stage } from "../dsl/mod.ts";', false],
  ["cache/a.ts", 'export * from "engram/dsl/mod.ts";', false],
  ["engine/a.ts", 'const later = await import("../stages/train/mod.ts");', false],
  ["engine/a.ts", '/** import { stage } from "../dsl/mod.ts"; */\nimport { hash } from "node:crypto";', true],
  ["stages/train/a.ts", 'import { a } from "../load/a.ts";\nimport { b } from "../../engine/mod.ts";', true],
  ["stages/train/a.ts", 'import { a } from "../../executor/mod.ts";', false],
  ["executor/a.ts", 'import { a } from "../stages/load/mod.ts";', false],
  ["pipelines/a.ts", 'import { a } from "../mod.ts";', true],
  ["pipelines/a.ts", 'import { a } from "../dsl/mod.ts";', false],
  ["cli/verbs/a.ts", 'import { a } from "../../executor/mod.ts";\nimport "../../mod.ts";', true],
  ["cli/verbs/a.ts", 'import { a } from "../../cache/mod.ts";', false],
  ["mod.ts", 'export { a } from "./executor/mod.ts";', false],
  ["tests/a_test.ts", 'import { a } from "../cache/mod.ts";', true],
  ["helpers/a.ts", "", false],
  ["dsl/a.ts", 'import "lodash";', false],
  ["dsl/a.ts", 'import "npm:zod";', false],
  ["dsl/a.ts", 'import "https://example.org/a.ts";', false],
];

for (const [path, text, isRight] of IMPORTS) {
  Deno.test(`wrongImports() ${isRight ? "accepts" : "refuses"} ${text.replaceAll("\n", " ")} in ${path}`, () => {
    assert.equal(wrongImports({ path, text }, ["zod"]).length === 0, isRight);
  });
}

const HEADER = "/** @file A test. */\n";

const FORMS: [string, string, boolean][] = [
  ["a function", `${HEADER}export function a() { return () => 1; }`, true],
  ["a header of several lines", "/**\n * @file A test.\n */\n", true],
  ["no header", "export function a() {}", false],
  ["an empty header", "/** @file */\n", false],
  ["300 lines", HEADER + "//\n".repeat(299), true],
  ["301 lines", HEADER + "//\n".repeat(300), false],
  ["export default", `${HEADER}export default 1;`, false],
  ["export default function", `${HEADER}export default function a() {}`, false],
  ["export as default", `${HEADER}const a = 1;\nexport { a as default };`, false],
  ["a word in a string", `${HEADER}const a = "export default private";`, true],
  ["an arrow function at the top level", `${HEADER}export const a = (b: number) => b;`, false],
  ["an arrow function in an object", `${HEADER}const a = { b: () => 1 };`, true],
  ["a private member", `${HEADER}class A { private a = 1; }`, false],
  ["a private constructor", `${HEADER}class A { private constructor() {} }`, true],
  ["a private member behind a constructor", `${HEADER}class A { constructor() {} private a = 1; }`, false],
  ["a member #a", `${HEADER}class A { #a = 1; }`, true],
];

for (const [what, text, isRight] of FORMS) {
  Deno.test(`wrongForm() ${isRight ? "accepts" : "refuses"} ${what}`, () => {
    assert.equal(wrongForm({ path: "dsl/a.ts", text }).length === 0, isRight);
  });
}

Deno.test("wrongForm() accepts default exports of pipelines and of tests' fixtures, and no others of tests", () => {
  const text = `${HEADER}export default 1;`;
  assert.deepEqual(wrongForm({ path: "pipelines/a.ts", text }), []);
  assert.deepEqual(wrongForm({ path: "tests/cli/fixtures/a.ts", text }), []);
  assert.equal(wrongForm({ path: "tests/cli/a.ts", text }).length, 1);
});

Deno.test("forbiddenWords() finds hosts and folders, at their lines, and no look-alikes", () => {
  const host = ["registry", "npmjs", "org"].join(".");
  const folder = ["", "work", ""].join("/");
  const text = `fine\nfetch("https://${host}/zod")\nsee ${folder}main and "${folder}"\n../net${folder} ok`;
  assert.deepEqual(forbiddenWords({ path: "a.md", text }), [
    `a.md:2 names the host "${host}"`,
    `a.md:3 names "${folder}"`,
  ]);
});
