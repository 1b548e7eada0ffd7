/** @file The lint rules: every use of what keys cannot see is found, by name and cause, and nothing else is. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type Cause, CAUSES } from "../../executor/guard/causes.ts";
import plugin from "../../lint/mod.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** `cause use` of each finding. */
function findings(source: string, file = "stages/a.ts"): string[] {
  return Deno.lint.runPlugin(plugin, ROOT + file, source).map(({ id, message }) =>
    `${id.replace("engram/no-", "")} ${/^"(.*?)" /.exec(message)?.[1] ?? message}`
  );
}

const CAUGHT: [string, string][] = [
  ["Math.random()", "randomness Math.random"],
  ["[1].map(Math.random)", "randomness Math.random"],
  ["globalThis.Math['random']()", "randomness Math.random"],
  ["const { random } = Math", "randomness Math.random"],
  ["(Math as any)!.random()", "randomness Math.random"],
  ["crypto.getRandomValues(new Uint8Array(1))", "randomness crypto.getRandomValues"],
  ["self.crypto.randomUUID()", "randomness crypto.randomUUID"],
  ["crypto.subtle.generateKey({}, true, [])", "randomness crypto.subtle.generateKey"],
  ['import { randomInt } from "node:crypto"', "randomness node:crypto randomInt"],
  ['import * as c from "node:crypto"', "randomness node:crypto *"],
  ['import c from "node:crypto"; c.randomBytes(1)', "randomness crypto.randomBytes"],
  ["Date.now()", "clock Date.now"],
  ["new Date()", "clock Date"],
  ["Date()", "clock Date"],
  ["performance.now()", "clock performance.now"],
  ["Temporal.Now.instant()", "clock Temporal.Now.instant"],
  ["process.hrtime.bigint()", "clock process.hrtime.bigint"],
  ['import { performance as p } from "node:perf_hooks"', "clock node:perf_hooks performance"],
  ["Deno.env.get('A')", "environment Deno.env.get"],
  ["const { args } = Deno", "environment Deno.args"],
  ["Deno.someLaterApi()", "environment Deno.someLaterApi"],
  ["const all = Deno", "environment Deno"],
  ["process.env.A", "environment process.env.A"],
  ["navigator.hardwareConcurrency", "environment navigator.hardwareConcurrency"],
  ["new Worker('a')", "environment Worker"],
  ['import { cpus } from "node:os"', "environment node:os cpus"],
  ['import { execSync } from "child_process"', "environment child_process execSync"],
  ["Deno.readTextFileSync('a')", "files Deno.readTextFileSync"],
  ["Deno?.readFile('a')", "files Deno.readFile"],
  ['import { readFile } from "node:fs/promises"', "files node:fs/promises readFile"],
  ['await import("node:fs")', "files node:fs"],
  ['export { readFileSync } from "node:fs"', "files node:fs readFileSync"],
  ["fetch('a')", "network fetch"],
  ["new WebSocket('a')", "network WebSocket"],
  ["Deno.connect({ port: 1 })", "network Deno.connect"],
  ['import { get } from "node:https"', "network node:https get"],
  ["a.localeCompare(b)", "locale localeCompare"],
  ["a.toLocaleString(undefined)", "locale toLocaleString"],
  ["new Intl.NumberFormat()", "locale Intl.NumberFormat"],
  ["new Intl.DateTimeFormat('en')", "locale Intl.DateTimeFormat"],
  ["new Date(2020, 1, 1)", "locale Date"],
  ["date.getHours()", "locale getHours"],
];

for (const [source, expected] of CAUGHT) {
  Deno.test(`lint finds ${source}`, () => assert.deepEqual(findings(source), [expected]));
}

const FINE = [
  "Math.exp(1); new Date(0).toISOString(); Date.UTC(2020); Date.parse('2020-01-01T00:00Z'); x instanceof Date",
  "a.localeCompare(b, 'en'); a.toLocaleString('en'); new Intl.Collator('en'); Intl.DateTimeFormat('en', { timeZone: 'UTC' })",
  'import { createHash } from "node:crypto"; import { join } from "node:path"; import { gunzip } from "node:zlib"',
  'import c from "node:crypto"; c.createHash("sha256")',
  'import type { Stats } from "node:fs"; let command: Deno.Command; let f: typeof fetch; type D = Date',
  "function run(fetch: () => void, { process }: X) { fetch(); process.env(); }",
  "const source = { fetch() {}, Deno: 1 }; source.fetch(); class A { fetch() {} static Date = 1 }",
  'import { fetch } from "./source.ts"; fetch("a")',
  'if (error instanceof Deno.errors.NotFound) throw error; "Math.random() in a string" // Date.now()',
  "setTimeout(() => {}, 1)",
];

for (const source of FINE) {
  Deno.test(`lint lets pass ${source}`, () => assert.deepEqual(findings(source), []));
}

Deno.test("lint sees that a name is hidden in one function and not in another", () => {
  const source = "function a(fetch: () => void) { fetch(); } function b() { fetch('a'); }";
  assert.deepEqual(findings(source), ["network fetch"]);
});

Deno.test("lint watches stages, engine, pipelines and whatever users write, not the rooms around stages", () => {
  for (const file of ["stages/a.ts", "engine/a.ts", "pipelines/a.ts", "mine/a.ts"]) {
    assert.equal(findings("Date.now()", file).length, 1, file);
  }
  for (const file of ["cache/a.ts", "executor/a.ts", "cli/a.ts", "bench/a.ts", "tests/a_test.ts", "lint/a.ts"]) {
    assert.equal(findings("Date.now()", file).length, 0, file);
  }
});

Deno.test("lint lets stages/load/sources use the network and files, and never randomness", () => {
  const file = "stages/load/sources/a.ts";
  assert.deepEqual(findings("fetch('a'); Deno.readFile('b'); Math.random()", file), ["randomness Math.random"]);
});

Deno.test("lint asks for the reason of an exception", () => {
  assert.match(findings("// deno-lint-ignore engram/no-clock\nlet a;")[0]!, /does not say why/);
  assert.match(findings("// deno-lint-ignore no-explicit-any engram/no-files --\nlet a;")[0]!, /does not say why/);
  assert.deepEqual(findings("// deno-lint-ignore engram/no-clock -- only shown to people\nlet a;"), []);
  assert.deepEqual(findings("// deno-lint-ignore no-explicit-any\nlet a;"), []);
});

Deno.test("lint says what to do instead, for every cause", () => {
  const [found] = Deno.lint.runPlugin(plugin, `${ROOT}stages/a.ts`, "Math.random()");
  assert.equal(found!.message, '"Math.random" draws random numbers, which no cache key can see');
  assert.match(found!.hint!, /^Draw from stream\(seed.*deno-lint-ignore engram\/no-randomness -- why not/);
  for (const cause of Object.keys(CAUSES) as Cause[]) assert.ok(Object.hasOwn(plugin.rules, `no-${cause}`));
});

Deno.test("deno lint runs the rules on this repository, and an exception with a reason silences them", async () => {
  const config = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  assert.deepEqual(config.lint.plugins, ["./lint/mod.ts"]);
  await Deno.mkdir(`${ROOT}.engram`, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: `${ROOT}.engram`, prefix: "lint-" });
  try {
    const source = "// deno-lint-ignore engram/no-clock -- a test\nexport const a = Date.now();\n";
    await Deno.writeTextFile(`${folder}/a.ts`, `${source}export const b = Date.now();\n`);
    // The configuration of the repository excludes this folder: it gets one of its own.
    await Deno.writeTextFile(
      `${folder}/deno.json`,
      JSON.stringify({ lint: { plugins: [new URL("../../lint/mod.ts", import.meta.url).href] } }),
    );
    const { code, stderr, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["lint", "--json", "--config", `${folder}/deno.json`, `${folder}/a.ts`],
    }).output();
    const text = new TextDecoder().decode(stdout);
    assert.equal(code, 1, text + new TextDecoder().decode(stderr));
    const { diagnostics } = JSON.parse(text) as { diagnostics: { code: string; range: { start: { line: number } } }[] };
    assert.deepEqual(diagnostics.map(({ code, range }) => [code, range.start.line]), [["engram/no-clock", 3]]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
