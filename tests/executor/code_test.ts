/** @file The code digest: what changes it, and what does not. */
import assert from "node:assert/strict";
import { Closure } from "../../executor/code/closure.ts";
import { stopNormalizing } from "../../executor/code/normalize.ts";
import type { Packages } from "../../executor/code/packages.ts";
import { moduleUnits } from "../../executor/code/units.ts";

const packages = {
  resolve: (specifier: string, importer: string) =>
    specifier.startsWith(".")
      ? new URL(specifier, importer).href
      : specifier.startsWith("node:")
      ? specifier
      : `npm:${specifier}@1`,
  closure: (specifier: string) => ({ [specifier]: "sha512-x" }),
} as unknown as Packages;

interface Found {
  readonly digest: string;
  readonly reached: string[];
  readonly builtIns: string[];
}

/** The digest of what `stage.ts` exports as `run`, in a project of these files; and the units it reached. */
async function digest(files: Readonly<Record<string, string>>): Promise<Found> {
  const sources = new Map(Object.entries(files).map(([name, source]) => [`file:///p/${name}`, source]));
  const closure = new Closure((url) => moduleUnits(sources.get(url)!, url), () => Promise.resolve(packages));
  const roots = await closure.reach("file:///p/stage.ts", ["run"]);
  await closure.load();
  await stopNormalizing();
  const { digest, units } = closure.digest(roots);
  const builtIns = closure.builtIns.map(({ specifier, name }) => `${specifier} ${name}`);
  return { digest, builtIns, reached: Object.keys(units).map((id) => id.replace("file:///p/", "")).sort() };
}

const base = {
  "stage.ts": `import { f } from "./f.ts"; import { other } from "./f.ts";
    export function run(x: number) { return f(x); }
    export function sibling() { return other(); }`,
  "f.ts": `import { g } from "./deep/g.ts";
    export function f(x: number) { return g(x) + K; }
    const K = 1;
    export function other() { return 7; }`,
  "deep/g.ts": `export const g = (x: number) => 2 * x;`,
};

Deno.test("Closure reaches what a declaration leads to and nothing else", async () => {
  assert.deepEqual((await digest(base)).reached, ["deep/g.ts#g", "f.ts#K", "f.ts#f", "stage.ts#run"]);
});

Deno.test("Closure.digest() changes with every declaration that is reached", async () => {
  const original = (await digest(base)).digest;
  const edits: [keyof typeof base, string, string][] = [
    ["stage.ts", "return f(x)", "return f(x) + 1"],
    ["f.ts", "g(x) + K", "g(x) - K"],
    ["f.ts", "K = 1", "K = 2"],
    ["f.ts", "const K", "let K"],
    ["deep/g.ts", "2 * x", "3 * x"],
  ];
  for (const [file, from, to] of edits) {
    const changed = await digest({ ...base, [file]: base[file].replace(from, to) });
    assert.notEqual(changed.digest, original, `${file}: ${from} -> ${to}`);
  }
});

Deno.test("Closure.digest() is blind to comments, types, formatting, siblings and paths", async () => {
  const original = (await digest(base)).digest;
  const same: Record<string, string>[] = [
    { ...base, "f.ts": base["f.ts"].replace("const K = 1", "/* one */ const K: number = 1 as const") },
    { ...base, "f.ts": base["f.ts"].replace("return 7", "return 8") },
    { ...base, "stage.ts": base["stage.ts"].replace("return other()", "return other() + 1") },
    { ...base, "deep/g.ts": "export const g =   (x:    number)   =>\n\n (2 *\n x);" },
    {
      "stage.ts": base["stage.ts"],
      "f.ts": base["f.ts"].replace("./deep/g.ts", "./elsewhere/h.ts"),
      "elsewhere/h.ts": base["deep/g.ts"],
    },
    {
      ...base,
      "stage.ts": base["stage.ts"].replaceAll("./f.ts", "./barrel.ts"),
      "barrel.ts": `export { f, other } from "./f.ts"; export * as g from "./deep/g.ts";`,
    },
    { ...base, "stage.ts": base["stage.ts"].replaceAll("./f.ts", "./star.ts"), "star.ts": `export * from "./f.ts";` },
  ];
  for (const files of same) assert.equal((await digest(files)).digest, original, JSON.stringify(files));
});

Deno.test("Closure.digest() is blind to a stage's hints, wherever they stand, and to nothing that only looks like one", async () => {
  async function of(options: string, name = "stage"): Promise<string> {
    const source = `import { ${name} } from "./dsl/mod.ts"; export const run = ${name}({ ${options} });`;
    return (await digest({ "stage.ts": source, "dsl/mod.ts": `export function ${name}(x: unknown) { return x; }` }))
      .digest;
  }
  const without = await of(`name: "a", run: () => 1`);
  for (const options of [`needs: "gpu", name: "a", run: () => 1`, `name: "a", needs: "gpu", run: () => 1`]) {
    assert.equal(await of(options), without, options);
  }
  assert.equal(await of(`name: "a", run: () => 1, needs: "gpu"`), without);
  assert.notEqual(await of(`name: "a", needs: f(), run: () => 1`), without);
  assert.notEqual(await of(`name: "a", run: () => ({ needs: "gpu" })`), await of(`name: "a", run: () => ({})`));
  assert.notEqual(await of(`name: "a", needs: "gpu"`, "other"), await of(`name: "a"`, "other"));
});

Deno.test("Closure.digest() changes when two functions swap their contents", async () => {
  const files = {
    "stage.ts": `import { a } from "./a.ts"; import { b } from "./b.ts"; export function run() { return a() - b(); }`,
    "a.ts": `export function a() { return 1; }`,
    "b.ts": `export function b() { return 2; }`,
  };
  const swapped = {
    ...files,
    "a.ts": `export { b as a } from "./b.ts";`,
    "b.ts": `export function b() { return 2; } export { a as b2 } from "./a2.ts";`,
  };
  assert.notEqual((await digest(files)).digest, (await digest({ ...swapped, "a2.ts": files["a.ts"] })).digest);
  const constants = {
    "stage.ts": `import { a } from "./a.ts"; import { b } from "./b.ts"; export function run() { return a - b; }`,
    "a.ts": `export const a = 1, x = 2;`,
    "b.ts": `export const b = 2, x = 1;`,
  };
  const crossed = {
    ...constants,
    "a.ts": `const x = 2; export { x as a };`,
    "b.ts": `const x = 1; export { x as b };`,
  };
  assert.notEqual((await digest(constants)).digest, (await digest(crossed)).digest);
});

Deno.test("Closure counts statements that act when a module is loaded, however it is loaded", async () => {
  const files = {
    "stage.ts": `import "./setup.ts"; import { a } from "./a.ts"; export function run() { return a; }`,
    "setup.ts": `globalThis.answer = 42;`,
    "a.ts": `import { unused } from "./b.ts"; export const a = 1; export const c = unused;`,
    "b.ts": `export const unused = 0; register("b");`,
  };
  const original = await digest(files);
  assert.ok(original.reached.includes("setup.ts#statement 1"));
  assert.notEqual((await digest({ ...files, "setup.ts": `globalThis.answer = 43;` })).digest, original.digest);
  assert.notEqual((await digest({ ...files, "b.ts": files["b.ts"].replace(`"b"`, `"c"`) })).digest, original.digest);
});

Deno.test("Closure.builtIns is what declarations lead to, not what loading a library makes ready for others", async () => {
  const files = {
    "stage.ts": `import { a } from "./library.ts"; import { hash } from "node:crypto"; import "./setup.ts";
      export function run() { return hash("sha256", a); }`,
    "setup.ts": `import { read } from "./read.ts"; register(read);`,
    "library.ts": `export { a } from "./a.ts"; export { source } from "./source.ts";`,
    "a.ts": `export const a = "1";`,
    "source.ts": `import { read } from "./read.ts"; export const source = make(() => read());`,
    "read.ts": `import { readFile } from "node:fs/promises"; export const read = () => readFile("x");`,
  };
  const { builtIns, reached } = await digest(files);
  assert.deepEqual(builtIns, ["node:crypto hash"]);
  assert.ok(reached.includes("read.ts#read"), "what loading does is still part of the digest");
  const using = { ...files, "stage.ts": `import { source } from "./library.ts"; export const run = () => source;` };
  assert.deepEqual((await digest(using)).builtIns, ["node:fs/promises readFile"]);
});

Deno.test("Closure counts initializers that may act, and not those that only declare", async () => {
  const files = {
    "stage.ts": `import { a } from "./a.ts"; export function run() { return a; }`,
    "a.ts":
      `import { z } from "zod"; export const a = 1; const unused = z.object({ n: z.int() }); const made = make();`,
  };
  const { reached } = await digest(files);
  assert.ok(reached.includes("a.ts#made"));
  assert.ok(!reached.includes("a.ts#unused"));
});

Deno.test("Closure follows literal imports at run time, import cycles, namespaces and assets", async () => {
  const files = {
    "stage.ts":
      `import * as all from "./a.ts"; export async function run() { const { late } = await import("./late.ts"); return late(all); }`,
    "a.ts": `import { b } from "./b.ts"; export function a() { return b(); }`,
    "b.ts":
      `import { a } from "./a.ts"; import table from "./t.json" with { type: "json" }; export function b() { return [a, table]; }`,
    "late.ts": `export function late(x: unknown) { return x; }`,
    "t.json": `{"k": 1}`,
  };
  const original = (await digest(files)).digest;
  const edits: [keyof typeof files, string, string][] = [
    ["late.ts", "return x", "return [x]"],
    ["t.json", "1", "2"],
    ["b.ts", "[a, table]", "[table, a]"],
  ];
  for (const [file, from, to] of edits) {
    assert.notEqual((await digest({ ...files, [file]: files[file].replace(from, to) })).digest, original, file);
  }
});

Deno.test("Closure refuses what it cannot see through", async () => {
  await assert.rejects(
    digest({ "stage.ts": "export async function run(x: string) { return await import(x); }" }),
    /cannot be known before it runs/,
  );
});
