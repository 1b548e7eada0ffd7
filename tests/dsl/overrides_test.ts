/** @file How presets, files and settings become parameters. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { merge, nest, ParamsError, resolveParams } from "../../dsl/mod.ts";
import { toy } from "./toys.ts";

Deno.test("merge() merges objects entry by entry and replaces anything else, lists too", () => {
  assert.deepEqual(merge({ a: { b: 1, c: 2 }, d: [1, 2] }, { a: { c: 3 }, d: [4], e: 5 }), {
    a: { b: 1, c: 3 },
    d: [4],
    e: 5,
  });
});

Deno.test("merge() replaces an object whose kind changes, and merges one whose kind stays", () => {
  const base = { optimizer: { kind: "sam", lr: 0.1, rho: 0.05 } };
  assert.deepEqual(merge(base, { optimizer: { kind: "sgd", lr: 0.2 } }), { optimizer: { kind: "sgd", lr: 0.2 } });
  assert.deepEqual(merge(base, { optimizer: { kind: "sam", rho: 1 } }), {
    optimizer: { kind: "sam", lr: 0.1, rho: 1 },
  });
  assert.deepEqual(merge(base, { optimizer: { rho: 1 } }), { optimizer: { kind: "sam", lr: 0.1, rho: 1 } });
});

Deno.test("merge() removes entries that are null, at any depth, and inside what is new", () => {
  assert.deepEqual(merge({ a: 1, b: { c: 1, d: 2 } }, { a: null, b: { c: null }, e: { f: null, g: 1 } }), {
    b: { d: 2 },
    e: { g: 1 },
  });
  assert.deepEqual(merge({ o: { kind: "a", x: 1 } }, { o: { kind: "b", x: null, y: 1 } }), { o: { kind: "b", y: 1 } });
});

Deno.test("merge() changes neither of its arguments", () => {
  const [base, override] = [{ a: { b: 1 } }, { a: { c: 2 } }];
  merge(base, override);
  assert.deepEqual([base, override], [{ a: { b: 1 } }, { a: { c: 2 } }]);
});

Deno.test("merge() takes names that all objects inherit for ordinary names", () => {
  const override = JSON.parse('{"toString": {"a": 1}, "__proto__": {"b": 2}}');
  const merged = merge({}, override) as object;
  assert.deepEqual(Object.keys(merged), ["toString", "__proto__"]);
  assert.equal(Object.getPrototypeOf(merged), Object.prototype);
});

/** Parameters without null, as presets have them. */
const { params } = fc.letrec((tie) => ({
  params: fc.dictionary(fc.constantFrom("a", "b", "c", "kind"), tie("value"), { maxKeys: 4, noNullPrototype: true }),
  value: fc.oneof({ maxDepth: 3 }, fc.integer(), fc.string(), fc.array(fc.integer(), { maxLength: 2 }), tie("params")),
}));

Deno.test("merge() has the empty object for its identity, on either side", () => {
  fc.assert(fc.property(params, (p) => {
    assert.deepEqual(merge(p, {}), p);
    assert.deepEqual(merge({}, p), p);
  }));
});

Deno.test("merge() of parameters with themselves changes nothing, and merging twice is merging once", () => {
  fc.assert(fc.property(params, params, (p, q) => {
    assert.deepEqual(merge(p, p), p);
    const once = merge(p, q);
    assert.deepEqual(merge(once, q), once);
  }));
});

Deno.test("merge() leaves what the override says in place", () => {
  fc.assert(fc.property(params, params, (p, q) => {
    const merged = merge(p, q) as Record<string, unknown>;
    for (const [name, value] of Object.entries(q as Record<string, unknown>)) {
      if (typeof value !== "object" || Array.isArray(value)) assert.deepEqual(merged[name], value);
      else assert.deepEqual(merge(merged[name], value), merged[name]);
    }
  }));
});

Deno.test("nest() makes the object that a path stands for", () => {
  assert.deepEqual(nest("a.b.c", 3), { a: { b: { c: 3 } } });
  assert.deepEqual(nest("a", null), { a: null });
  assert.throws(() => nest("a..b", 1), {
    name: "RangeError",
    message: 'Cannot set "a..b": write parameter names between dots, as in "a.b"',
  });
});

Deno.test("resolveParams() takes the default preset, then overrides in order", () => {
  const resolved = resolveParams(toy, { overrides: [{ members: 4 }, { members: 8 }, nest("optimizers.sgd.lr", 3)] });
  assert.deepEqual(resolved, { members: 8, optimizers: { sgd: { kind: "sgd", lr: 3 } } });
  assert.equal(resolveParams(toy, { preset: "big" }).members, 64);
});

Deno.test("resolveParams() takes an empty parameter file for no change", () => {
  assert.deepEqual(resolveParams(toy, { overrides: [null, undefined] }), resolveParams(toy, {}));
});

Deno.test("resolveParams() adds and removes entries of a named set", () => {
  const sam = { kind: "sam", lr: 1, rho: 0.05 };
  assert.deepEqual(resolveParams(toy, { overrides: [{ optimizers: { sam, sgd: null } }] }).optimizers, { sam });
});

Deno.test("resolveParams() names the nearest preset", () => {
  assert.throws(() => resolveParams(toy, { preset: "bog" }), {
    name: "RangeError",
    message: 'Unknown preset "bog" of pipeline "toy": did you mean "big"? Known: "big", "default"',
  });
  assert.throws(() => resolveParams(toy, { preset: "toString" }), RangeError);
});

Deno.test("resolveParams() names the pipeline whose parameters are refused", () => {
  assert.throws(() => resolveParams(toy, { overrides: [{ member: 3 }] }), (error) => {
    assert.ok(error instanceof ParamsError);
    assert.equal(
      error.message,
      'Cannot use the parameters of pipeline "toy": "member": unknown parameter; did you mean "members"? ' +
        'Known: "members", "optimizers"',
    );
    return true;
  });
});
