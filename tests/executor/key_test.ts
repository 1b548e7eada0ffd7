/** @file Keys: what enters them, and what stays out. */
import assert from "node:assert/strict";
import { z } from "zod";
import { artifact, column, stage } from "../../dsl/mod.ts";
import { keyOf, manifestOf } from "../../executor/key.ts";

const Numbers = artifact("Numbers", "One row a number", { value: column.float64() });
const code = { digest: "c".repeat(64), units: {}, packages: {} };

function definition(name: string, unkeyed: readonly ("n" | "folder")[] = []) {
  return stage({
    name,
    doc: "For tests",
    inputs: {},
    params: z.object({ n: z.number().optional(), folder: z.string().optional() }),
    output: Numbers,
    unkeyed,
    run: () => ({ value: new Float64Array() }),
  }).definition;
}

function key(name: string, params: Record<string, unknown>, unkeyed: readonly ("n" | "folder")[] = []): string {
  return keyOf(manifestOf(definition(name, unkeyed), code, params, {}, [], ""));
}

Deno.test("keyOf() leaves the stage's name and the order of parameters out", () => {
  assert.equal(key("a", { n: 1, folder: "x" }), key("b", { folder: "x", n: 1 }));
});

Deno.test("keyOf() tells every parameter value apart, and an absent one from undefined it does not", () => {
  assert.notEqual(key("a", { n: 1 }), key("a", { n: 2 }));
  assert.notEqual(key("a", { n: NaN }), key("a", { n: Infinity }));
  assert.equal(key("a", { n: undefined }), key("a", {}));
});

Deno.test("keyOf() leaves out parameters declared unkeyed, and records the declaration", () => {
  assert.equal(key("a", { folder: "x" }, ["folder"]), key("a", { folder: "y" }, ["folder"]));
  assert.notEqual(key("a", {}, ["folder"]), key("a", {}), "the declaration itself is part of the key");
});

Deno.test("keyOf() leaves out why a stage may use what keys cannot see, which the manifest records", () => {
  const outside = { ...definition("a"), outside: "pinned files" };
  const manifest = manifestOf(outside, code, {}, {}, [], "");
  assert.equal(manifest.outside, "pinned files");
  assert.equal(keyOf(manifest), key("a", {}));
});

Deno.test("keyOf() depends on code, inputs, files and branch", () => {
  const base = manifestOf(definition("a"), code, {}, { x: "1" }, [], "");
  const changes = [
    { ...base, code: { digest: "d" } },
    { ...base, inputs: { x: "2" } },
    { ...base, inputs: { y: "1" } },
    { ...base, files: ["f"] },
    { ...base, branch: "b" },
  ];
  assert.equal(new Set([base, ...changes].map(keyOf)).size, 6);
});
