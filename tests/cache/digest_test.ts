/** @file Digests: golden values, and what they do and do not depend on. */
import assert from "node:assert/strict";
import * as arrow from "apache-arrow";
import fc from "fast-check";
import { type ColumnData, decodeTable, digestItems, digestTable, type Dtype, hash } from "engram/cache/mod.ts";
import { type Sample, tables } from "./arbitraries.ts";
import golden from "./fixtures/digests.json" with { type: "json" };

/** One table a dtype, and odd shapes; their digests are in fixtures/digests.json, made by an independent script. */
const SAMPLES: Readonly<Record<string, Sample>> = {
  bool: single("bool", Uint8Array.of(1, 0, 1)),
  uint8: single("uint8", Uint8Array.of(0, 127, 255)),
  int32: single("int32", Int32Array.of(-(2 ** 31), 0, 2 ** 31 - 1)),
  uint32: single("uint32", Uint32Array.of(0, 1, 2 ** 32 - 1)),
  float32: single("float32", Float32Array.of(0.1, -0, NaN, Infinity)),
  float64: single("float64", Float64Array.of(0.1, -0, NaN, -Infinity)),
  utf8: single("utf8", ["", "plain", "naïve", "\uFEFFmark", "𝔘"]),
  empty: single("float32", new Float32Array(0)),
  tensor: {
    type: {
      name: "Predictions",
      columns: { example: { dtype: "uint32", dims: [] }, logits: { dtype: "float32", dims: ["view", "class"] } },
    },
    data: {
      example: Uint32Array.of(7, 9),
      logits: { data: Float32Array.from({ length: 12 }, (_, i) => i / 8), shape: [2, 2, 3] },
    },
  },
  "zero-size tensor": {
    type: { name: "Golden", columns: { column: { dtype: "float64", dims: ["axis"] } } },
    data: { column: { data: new Float64Array(0), shape: [3, 0] } },
  },
};

function single(dtype: Dtype, column: ColumnData, name = "Golden"): Sample {
  return { type: { name, columns: { column: { dtype, dims: [] } } }, data: { column } };
}

function digestOf({ type, data }: Sample): string {
  return digestTable(type, data);
}

/** A digest that moves makes every object that users have unreachable: raise DIGEST_VERSION, and say so in NEWS.md. */
for (const [name, sample] of Object.entries(SAMPLES)) {
  Deno.test(`digestTable() gives the golden digest of ${name}`, () => {
    assert.equal(digestOf(sample), golden[name as keyof typeof golden]);
  });
}

Deno.test("digestItems() gives the golden digest of two items", () => {
  assert.equal(digestItems("Model", ["a".repeat(64), "b".repeat(64)]), golden.items);
});

Deno.test("hash() gives the golden digest of a text and bytes", () => {
  assert.equal(hash("engram", Uint8Array.of(1, 2)), golden.hash);
});

Deno.test("hash() depends on the kinds and boundaries of its parts", () => {
  const bytes = new TextEncoder().encode("ab");
  const parts = [[], [""], ["", ""], ["ab"], ["a", "b"], ["b", "a"], [bytes], ["\ud800"], ["\ufffd"], ["\ud801"]];
  assert.equal(new Set(parts.map((parts) => hash(...parts))).size, parts.length);
});

Deno.test("digestItems() depends on the type, the items and their order", () => {
  const [a, b] = ["a".repeat(64), "b".repeat(64)] as const;
  const digests = [["M", a, b], ["M", b, a], ["M", a], ["M"], ["N", a, b]].map(([name, ...items]) => {
    return digestItems(name!, items);
  });
  assert.equal(new Set(digests).size, digests.length);
});

Deno.test("digestTable() gives one digest to equal strings under different Arrow dictionaries", async () => {
  const { type } = single("utf8", []);
  const words = ["a", "b", "a", "ß"];
  const plain = arrow.vectorFromArray(words, new arrow.Utf8());
  const dictionary = arrow.vectorFromArray(words); // a Dictionary whose id comes from a process-wide counter
  const again = arrow.vectorFromArray(words);
  assert.notEqual(dictionary.type.id, again.type.id);
  const chunked = plain.slice(0, 1).concat(plain.slice(1));
  const digests = await Promise.all([plain, dictionary, again, chunked].map(async (column) => {
    const bytes = arrow.tableToIPC(new arrow.Table({ column }), "file");
    return digestTable(type, await decodeTable(type, bytes));
  }));
  assert.deepEqual(new Set(digests), new Set([digestTable(type, { column: words })]));
});

Deno.test("digestTable() is blind to NaN payloads and sees the sign of zero", () => {
  const payload = new Float64Array(new BigUint64Array([0x7ff800000000beefn]).buffer);
  const payload32 = new Float32Array(new Uint32Array([0xffc0beef]).buffer);
  const digest = (array: Float32Array | Float64Array) => {
    return digestOf(single(array instanceof Float64Array ? "float64" : "float32", array));
  };
  assert.equal(digest(payload), digest(Float64Array.of(NaN)));
  assert.equal(digest(payload32), digest(Float32Array.of(NaN)));
  assert.notEqual(
    digest(Float32Array.of(-0)),
    digest(Float32Array.of(0)),
  );
});

Deno.test("digestTable() reads only a view's own elements, at any offset and size", () => {
  const length = 300_001; // more than one chunk, and not a multiple of one
  const whole = Float32Array.from({ length: length + 2 }, (_, i) => (i % 1000 === 0 ? NaN : i));
  const view = whole.subarray(1, length + 1);
  const digest = digestOf(single("float32", view));
  assert.equal(digest, digestOf(single("float32", view.slice())));
  const other = view.slice();
  other[length - 1] = 0;
  assert.notEqual(digest, digestOf(single("float32", other)));
});

Deno.test("digestTable() takes long strings and many strings alike", () => {
  const [long, many] = ["é".repeat(100_000), Array.from({ length: 50_000 }, (_, i) => `example ${i}`)];
  const digests = [[long], [long.slice(1)], many, [...many, ""], [many.join("")]].map((column) => {
    return digestOf(single("utf8", column));
  });
  assert.equal(new Set(digests).size, digests.length);
});

Deno.test("digestTable() takes arrays over shared memory", () => {
  const shared = new Float32Array(new SharedArrayBuffer(8));
  shared.set([NaN, 2]);
  assert.equal(
    digestOf(single("float32", shared)),
    digestOf(single("float32", Float32Array.of(NaN, 2))),
  );
});

Deno.test("digestTable() tells apart names, dtypes, axes, shapes and column order", () => {
  const tensor = (dims: string[], shape: number[]): Sample => ({
    type: { name: "T", columns: { x: { dtype: "uint8", dims } } },
    data: { x: { data: new Uint8Array(shape.reduce((a, b) => a * b)), shape } },
  });
  const zeros = new Uint8Array(4);
  const pair = { x: { dtype: "uint8", dims: [] }, y: { dtype: "uint8", dims: [] } } as const;
  const cases: readonly Sample[] = [
    single("uint8", zeros, "A"),
    single("uint8", zeros, "B"),
    single("bool", zeros, "A"),
    single("float32", new Float32Array(1), "A"),
    tensor(["a"], [4, 1]),
    tensor(["b"], [4, 1]),
    tensor(["a", "b"], [1, 2, 2]),
    tensor(["a", "b"], [1, 4, 1]),
    tensor(["a"], [0, 1]),
    tensor(["a"], [0, 2]),
    tensor(["a"], [1, 0]),
    { type: { name: "P", columns: pair }, data: { x: zeros, y: zeros } },
    { type: { name: "P", columns: { y: pair.y, x: pair.x } }, data: { x: zeros, y: zeros } },
  ];
  const digests = cases.map(digestOf);
  assert.equal(new Set(digests).size, cases.length);
});

Deno.test("digestTable() ignores the order of the data's own properties", () => {
  fc.assert(fc.property(tables(), ({ type, data }) => {
    const reversed = Object.fromEntries(Object.entries(data).reverse());
    assert.equal(digestTable(type, reversed), digestTable(type, data));
  }));
});
