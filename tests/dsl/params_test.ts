/** @file What is said when parameters are refused: the path, the value, and the remedy. */
import assert from "node:assert/strict";
import { z } from "zod";
import { knownNames, ParamsError, parseParams } from "../../dsl/mod.ts";
import { optimizer } from "./toys.ts";

const schema = z.object({
  n: z.int().min(2).default(3),
  optimizer: optimizer.optional(),
  optimizers: z.record(z.string(), optimizer).default({}),
  list: z.array(z.object({ q: z.number() })).default([]),
  pair: z.tuple([z.number(), z.object({ w: z.number() })]).optional(),
  either: z.union([z.object({ a: z.number() }), z.literal("none")]).optional(),
  design: z.enum(["half", "exact-half"]).default("half"),
  shared: z.object({ x: z.number().optional() }).meta({ id: "SharedInParamsTest" }).optional(),
  free: z.looseObject({}).optional(),
  strict: z.strictObject({ name: z.string().optional() }).optional(),
});

const REFUSED: Record<string, [unknown, ...string[]]> = {
  "an unknown parameter": [
    { m: 1, design: "half" },
    '"m": unknown parameter; Known: "design", "either", "free", "list", "n", "optimizer", "optimizers", "pair", ' +
    '"shared", "strict"',
  ],
  "a mistyped nested parameter": [
    { optimizer: { kind: "sam", lr: 1, rho: 1, roh: 2 } },
    '"optimizer.roh": unknown parameter; did you mean "rho"? Known: "kind", "lr", "rho"',
  ],
  "a mistyped parameter beside the one that it leaves missing": [
    { optimizers: { a: { kind: "sam", lr: 1, roh: 2 } } },
    '"optimizers.a.roh": unknown parameter; did you mean "rho"? Known: "kind", "lr", "rho"',
    '"optimizers.a.rho": missing: expected number',
  ],
  "a parameter of another variant": [
    { optimizer: { kind: "sgd", lr: 1, rho: 1 } },
    '"optimizer.rho": unknown parameter; Known: "kind", "lr"',
  ],
  "a wrong discriminator": [
    { optimizer: { kind: "sma", lr: 1, rho: 1 } },
    '"optimizer.kind": unknown kind "sma"; did you mean "sam"? Known: "sam", "sgd"',
  ],
  "a missing discriminator": [
    { optimizer: { lr: 1 } },
    '"optimizer.kind": missing: name the kind; Known: "sam", "sgd"',
  ],
  "a missing parameter": [{ optimizer: { kind: "sam", lr: 1 } }, '"optimizer.rho": missing: expected number'],
  "a value of the wrong type": [{ n: "many" }, '"n": expected number; found "many"'],
  "a fraction": [{ n: 2.5 }, '"n": expected int; found 2.5'],
  "a value out of range": [{ n: 1 }, '"n": too small: expected number to be >=2; found 1'],
  "null": [{ n: null }, '"n": expected number; found null'],
  "a value outside an enumeration": [
    { design: "exact" },
    '"design": invalid option: expected one of "half"|"exact-half"; found "exact"',
  ],
  "an unknown name in a list": [{ list: [{ q: 1 }, { q: 1, p: 2 }] }, '"list.1.p": unknown parameter; Known: "q"'],
  "an unknown name in a tuple": [{ pair: [1, { w: 1, v: 2 }] }, '"pair.1.v": unknown parameter; Known: "w"'],
  "an unknown name in a shared schema": [{ shared: { y: 1 } }, '"shared.y": unknown parameter; Known: "x"'],
  "an unknown name in a strict schema": [
    { strict: { nam: "a" } },
    '"strict.nam": unknown parameter; did you mean "name"? Known: "name"',
  ],
  "a value that fits no variant": [
    { either: { a: "x" } },
    '"either": fits no variant ("a": expected number; found "x"; or expected "none")',
  ],
  "a name that all objects inherit": [{ shared: { toString: 1 } }, '"shared.toString": unknown parameter; Known: "x"'],
  "a long value": [{ n: "x".repeat(100) }, `"n": expected number; found "${"x".repeat(59)}…`],
  "a wrong value beside an open object, whose names are all known": [
    { n: 1, free: { any: { thing: 1 } } },
    '"n": too small: expected number to be >=2; found 1',
  ],
  "no object at all": [[1], "expected object; found [1]"],
};

for (const [what, [raw, ...messages]] of Object.entries(REFUSED)) {
  Deno.test(`parseParams() explains ${what}`, () => {
    assert.throws(() => parseParams(schema, raw, 'stage "toy"'), (error) => {
      assert.ok(error instanceof ParamsError && error instanceof TypeError);
      const start = 'Cannot use the parameters of stage "toy":';
      const rest = messages.length === 1 ? ` ${messages[0]}` : messages.map((message) => `\n  - ${message}`).join("");
      assert.equal(error.message, start + rest);
      assert.equal(error.issues.length, messages.length);
      return true;
    });
  });
}

Deno.test("ParamsError has the path of every issue and the nearest name", () => {
  assert.throws(
    () => parseParams(schema, { optimizer: { kind: "sam", lr: 1, roh: 2 }, n: 1 }, "a test"),
    (error: ParamsError) => {
      const found = error.issues.map(({ path, nearest }) => ({ path, nearest }));
      assert.deepEqual(found, [
        { path: ["optimizer", "roh"], nearest: "rho" },
        { path: ["n"], nearest: undefined },
        { path: ["optimizer", "rho"], nearest: undefined },
      ]);
      return true;
    },
  );
});

Deno.test("parseParams() fills in defaults and lets open objects have what they want", () => {
  const parsed = parseParams(schema, { free: { anything: { goes: 1 } }, pair: [1, { w: 2 }] }, "a test");
  assert.deepEqual(parsed, {
    n: 3,
    optimizers: {},
    list: [],
    design: "half",
    free: { anything: { goes: 1 } },
    pair: [1, { w: 2 }],
  });
});

Deno.test("parseParams() takes undefined for a parameter that was left out", () => {
  assert.deepEqual(parseParams(z.object({ n: z.int().default(3) }), { n: undefined, m: undefined }, "a test"), {
    n: 3,
  });
});

Deno.test("knownNames() narrows a union to the variants that agree with the value", () => {
  assert.deepEqual(knownNames(schema, ["optimizer"]).sort(), ["kind", "lr", "rho"]);
  assert.deepEqual(knownNames(schema, ["optimizers", "any"], { kind: "sgd" }).sort(), ["kind", "lr"]);
  assert.deepEqual(knownNames(schema, ["n", "deeper"]), []);
});
