/** @file Canonical JSON: one text a value, and back. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalJson, parseCanonicalJson } from "engram/cache/mod.ts";

/** Everything canonicalJson() writes, keys that look like tags included. */
function values(): fc.Arbitrary<unknown> {
  const arrays = fc.oneof(fc.uint8Array(), fc.int32Array(), fc.float64Array(), fc.float32Array(), fc.bigInt64Array());
  const leaf = fc.oneof(
    fc.constantFrom(null, true, false, NaN, Infinity, -Infinity, 0, -0, "", "NaN", "\ud800"),
    fc.double(),
    fc.integer(),
    fc.bigInt(),
    fc.string(),
    arrays,
  );
  const key = fc.oneof(fc.string(), fc.constantFrom("$", "$$", "$bigint", "$number", "__proto__", "10", "9", "b", "a"));
  return fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: "small" }, leaf, fc.array(tie("value")), tie("object")),
    object: fc.array(fc.tuple(key, tie("value"))).map((entries) => Object.fromEntries(entries)),
  })).value;
}

function reversed(value: unknown): unknown {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map(reversed);
  return Object.fromEntries(Object.entries(value).reverse().map(([key, member]) => [key, reversed(member)]));
}

Deno.test("canonicalJson() does not depend on the order of keys", () => {
  fc.assert(fc.property(values(), (value) => assert.equal(canonicalJson(reversed(value)), canonicalJson(value))));
});

Deno.test("parseCanonicalJson() gives back the value, and its text is the same again", () => {
  fc.assert(fc.property(values(), (value) => {
    const text = canonicalJson(value);
    JSON.parse(text); // any JSON tool reads it
    assert.deepEqual(parseCanonicalJson(text), value);
    assert.equal(canonicalJson(parseCanonicalJson(text)), text);
  }));
});

Deno.test("canonicalJson() gives distinct values distinct texts", () => {
  fc.assert(fc.property(values(), values(), (a, b) => {
    assert.equal(canonicalJson(a) === canonicalJson(b), isEqual(a, b));
  }));
  const distinct = [
    0,
    -0,
    NaN,
    null,
    "NaN",
    "0",
    0n,
    "",
    [],
    {},
    [[]],
    [null],
    { $bigint: "0" },
    { $number: "NaN" },
    {
      $$number: "NaN",
    },
    Uint8Array.of(0),
    Int8Array.of(0),
    Float32Array.of(1),
    Float64Array.of(1),
    [1],
    2 ** 53,
    2n ** 53n,
    true,
    "true",
  ];
  assert.equal(new Set(distinct.map(canonicalJson)).size, distinct.length);
});

Deno.test("canonicalJson() writes the golden text", () => {
  const value = {
    z: [1e21, 0.1, -5, 2 ** 53],
    a: { y: undefined, "ü": "\n" },
    n: 3n,
    $x: NaN,
    m: -0,
    b: Uint8Array.of(1),
  };
  assert.equal(
    canonicalJson(value),
    '{"$$x":{"$number":"NaN"},"a":{"ü":"\\n"},"b":{"$Uint8Array":"AQ=="},"m":{"$number":"-0"},"n":{"$bigint":"3"},' +
      '"z":[1e+21,0.1,-5,9007199254740992]}',
  );
});

Deno.test("canonicalJson() drops undefined properties and keeps null ones", () => {
  assert.equal(canonicalJson({ a: undefined, b: null }), canonicalJson({ b: null }));
  assert.notEqual(canonicalJson({ b: null }), canonicalJson({}));
});

Deno.test("canonicalJson() takes an object that occurs twice, which is no cycle", () => {
  const shared = { a: 1 };
  assert.equal(canonicalJson([shared, shared]), '[{"a":1},{"a":1}]');
});

Deno.test("canonicalJson() refuses what has no canonical text, and gives the path", () => {
  const cycle: { list: unknown[] } = { list: [] };
  cycle.list.push(cycle);
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [{ loss: { fn: () => 1 } }, /function at \$\.loss\.fn/],
    [[1, Symbol("s")], /symbol at \$\[1\]/],
    [{ [Symbol("s")]: 1 }, /symbol key at \$/],
    [cycle, /cycle at \$\.list\[0\]/],
    [{ when: new Date(0) }, /instance of class "Date" at \$\.when/],
    [{ map: new Map() }, /instance of class "Map" at \$\.map/],
    [new Number(1), /instance of class "Number"/],
    [[undefined], /undefined at \$\[0\]/],
    [new Array(1), /undefined at \$\[0\]/],
    [undefined, /undefined at \$/],
    [new DataView(new ArrayBuffer(1)), /DataView at \$/],
  ];
  for (const [value, message] of cases) assert.throws(() => canonicalJson(value), { name: "TypeError", message });
});

Deno.test("parseCanonicalJson() refuses a tag that canonicalJson() does not write", () => {
  for (const text of ['{"$date":"x"}', '{"$bigint":3}', '{"$number":"7"}']) {
    assert.throws(() => parseCanonicalJson(text), { name: "SyntaxError" });
  }
});

function isEqual(a: unknown, b: unknown): boolean {
  try {
    assert.deepEqual(a, b);
    return true;
  } catch {
    return false;
  }
}
