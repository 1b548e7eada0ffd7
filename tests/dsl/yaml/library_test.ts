/** @file Which of a module's exports are stages, and by what name. */
import assert from "node:assert/strict";
import { z } from "zod";
import { stageLibrary } from "../../../dsl/yaml/mod.ts";
import { constant } from "../factory.ts";
import * as toys from "../toys.ts";

Deno.test("stageLibrary() finds stages in modules, namespaces and objects, and nothing else", () => {
  const library = stageLibrary({ toys, ...toys.namespace, z, one: 1, none: null, f: () => 1, list: [toys.mnist] });
  assert.deepEqual(Object.keys(library).sort(), [
    "load.mnist",
    "report.table",
    "stats.accuracy",
    "subsample",
    "toys.accuracy",
    "toys.mnist",
    "toys.namespace.load.mnist",
    "toys.namespace.report.table",
    "toys.namespace.stats.accuracy",
    "toys.namespace.subsample",
    "toys.namespace.train",
    "toys.subsample",
    "toys.table",
    "toys.train",
    "train",
  ]);
  assert.equal(library["load.mnist"], toys.mnist.definition);
});

Deno.test("stageLibrary() joins modules, and takes one stage from two of them", () => {
  assert.deepEqual(Object.keys(stageLibrary({ a: toys.mnist }, { a: toys.mnist, b: toys.train })), ["a", "b"]);
});

Deno.test("stageLibrary() ends in objects that hold themselves", () => {
  const loop: Record<string, unknown> = { mnist: toys.mnist };
  loop.loop = loop;
  assert.equal(stageLibrary(loop)["loop.mnist"], toys.mnist.definition);
});

Deno.test("stageLibrary() refuses two stages by one name, and says where they are", () => {
  assert.throws(() => stageLibrary({ mnist: toys.mnist }, { mnist: constant("mnist", () => 1) }), {
    name: "RangeError",
    message: `Cannot tell two stages "mnist" apart: they are declared in "${import.meta.resolve("../toys.ts")}" and ` +
      `"${import.meta.resolve("../factory.ts")}"; export one by another name`,
  });
});
