/** @file NumPy's files, and load.npz on them. */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import * as stages from "../../../stages/load/mod.ts";
import { parseNpy } from "../../../stages/load/npy_format.ts";
import { npzArrays } from "../../../stages/load/npz_format.ts";
import { fixture, fixtureBytes, load, pixelsOf } from "./fixture.ts";
import { withFolder } from "./support.ts";

type Params = Parameters<typeof stages.npz>[0];

const FLOATS = fixture("floats.npz");
const EXPECTED = Array.from({ length: 24 }, (_, i) => -1 + 2 * i / 23);

function floats(params: Partial<Params> = {}) {
  return load(stages.npz({ path: FLOATS, range: [-1, 1], ...params }));
}

/** An npy file of version 1. */
function npy(descr: string, shape: string, body: Uint8Array, order = "False"): Uint8Array {
  const text = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape}), }`;
  const header = text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11) + "\n";
  const head = Uint8Array.of(0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, header.length & 255, header.length >> 8);
  return Uint8Array.from([...head, ...new TextEncoder().encode(header), ...body]);
}

Deno.test("npzArrays() reads every type of numbers that NumPy writes", async () => {
  const keys = ["x", "half", "big", "fortran", "y", "from_one", "flags"];
  const arrays = await npzArrays(await fixtureBytes("floats.npz"), keys, "floats");
  for (const [key, precision] of [["x", 1e-7], ["half", 1e-3], ["big", 1e-7], ["fortran", 1e-7]] as const) {
    const { shape, data } = arrays.get(key)!;
    assert.deepEqual(shape, [6, 4]);
    Array.from(data as ArrayLike<number>).forEach((value, i) => assert.ok(Math.abs(value - EXPECTED[i]!) < precision));
  }
  assert.deepEqual(Array.from(arrays.get("y")!.data as ArrayLike<number>), [0, 1, 2, 0, 1, 2]);
  assert.deepEqual(
    Array.from(arrays.get("flags")!.data as ArrayLike<number>),
    EXPECTED.map((value) => Number(value > 0)),
  );
});

Deno.test("parseNpy() turns column-major arrays of any shape into row-major ones", () => {
  const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 });
  fc.assert(fc.property(shapes, (shape) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const body = Uint8Array.from({ length: size }, (_, i) => i);
    const { data } = parseNpy(npy("|u1", shape.join(", "), body, "True"), "f");
    const index = shape.map(() => 0);
    for (let at = 0; at < size; at++) {
      const [place] = index.reduceRight(([sum, ...rest], i, axis) => {
        const stride = shape.slice(0, axis).reduce((a, b) => a * b, 1);
        return [sum! + i * stride, ...rest];
      }, [0]);
      assert.equal(data[at], place);
      for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) index[axis] = 0;
    }
  }));
});

Deno.test("parseNpy() refuses what is no npy file, is cut off, or holds objects", () => {
  const whole = npy("<f4", "2,", new Uint8Array(8));
  assert.deepEqual(Array.from(parseNpy(whole, "x").data as ArrayLike<number>), [0, 0]);
  for (let length = 0; length < whole.length; length++) {
    assert.throws(() => parseNpy(whole.subarray(0, length), "cut"), /^(Type|Range)Error: Cannot read "cut": i/);
  }
  assert.throws(
    () => parseNpy(npy("|O", "1,", new Uint8Array(8)), "o"),
    /its elements are of type "\|O"; save numbers/,
  );
});

Deno.test("load.npz() quantizes floats within half a step of the range", async () => {
  for (const x of ["x", "half", "big", "fortran"]) {
    const data = await floats({ x, pick: "first", train: 6, test: 0 });
    assert.deepEqual(data.x.shape, [6, 1, 4, 1]);
    data.x.data.forEach((pixel, i) => assert.ok(Math.abs(-1 + 2 * pixel / 255 - EXPECTED[i]!) <= 1 / 255 + 1e-3));
  }
});

Deno.test("load.npz() reads splits, ids, groups and one-hot labels by their keys", async () => {
  for (const split of ["split", "is_test"]) {
    const data = await floats({ y: "one_hot", split, id: "id", group: "group" });
    assert.deepEqual([...data.id], [10, 12, 13, 14, 11, 15]);
    assert.deepEqual([...data.y], [0, 2, 0, 1, 1, 2]);
    assert.deepEqual(data.split, ["train", "train", "train", "train", "test", "test"]);
    assert.deepEqual(data.group, ["", "", "", "", "rare", "rare"]);
  }
});

Deno.test("load.npz() reads pairs of arrays, and keeps bytes as they are", async () => {
  const keys = { x: "x_train", y: "y_train", testX: "x_test", testY: "y_test" };
  const data = await load(stages.npz({ path: fixture("images.npz"), ...keys }));
  assert.deepEqual(data.x.shape, [6, 2, 3, 1]);
  assert.deepEqual([...data.x.data], [0, 1, 2, 3, 4, 5].flatMap((n) => pixelsOf(n, 2, 3, 1)));
  assert.deepEqual([...data.y], [3, 1, 0, 2, 1, 3]);
  assert.deepEqual(data.split.lastIndexOf("train"), 3);
  const shaped = await load(
    stages.npz({ path: fixture("images.npz"), ...keys, shape: [1, 2, 3], test: 1, pick: "first" }),
  );
  assert.deepEqual([shaped.x.shape, [...shaped.id]], [[5, 1, 2, 3], [0, 1, 2, 3, 4]]);
});

Deno.test("load.npz() draws splits that share no example, a fifth for testing", async () => {
  const data = await floats({ seed: 3 });
  assert.deepEqual(data.split, ["train", "train", "train", "train", "train", "test"]);
  assert.deepEqual([...data.id].sort(), [0, 1, 2, 3, 4, 5]);
  const small = await floats({ seed: 3, train: 2, test: 1 });
  assert.ok([...small.id].slice(0, 2).every((id) => [...data.id].slice(0, 5).includes(id)));
  assert.equal(small.id[2], data.id[5]);
  const first = await floats({ pick: "first", train: 2, test: 2 });
  assert.deepEqual([...first.id], [0, 1, 4, 5]);
});

for (
  const [fault, params, message] of [
    ["keys that are not there", { x: "X" }, /^RangeError: Cannot find array "X" in ".*"; did you mean "x"\?/],
    [
      "floats without a range",
      { range: undefined },
      /feature 0 of row 0 in "x" .* it is -1, not a whole number of 0-255/,
    ],
    [
      "features outside the range",
      { range: [0, 1] },
      /feature 0 of row 0 in "x" of ".*" as a pixel: it is -1, outside/,
    ],
    [
      "NaN",
      { x: "with_nan" },
      /^RangeError: Cannot use feature 1 of row 2 in "with_nan" of .*: it is no number \(NaN\)/,
    ],
    [
      "labels from 1 on that are counted from 2",
      { y: "from_one", firstLabel: 2 },
      /row 0 is 1; .* \(see "firstLabel"\)/,
    ],
    ["features as labels", { y: "x" }, /"x" of ".*" as one-hot labels: row 0 is not one 1 and 3 zeros/],
    ["ids that appear twice", { id: "twice" }, /as ids: 1 appears twice/],
    ["ids that are no numbers", { id: "split" }, /it holds strings/],
    ["splits that are none", { split: "y" }, /as splits: row 2 has "2"; write "train" or "test"/],
    ["objects", { x: "objects" }, /its elements are of type "\|O"/],
    ["a shape of another size", { shape: [2, 3, 1] }, /shape 2x3x1: they have 4 features/],
    ["labels as features", { x: "id", range: [0, 99], y: "x" }, /Cannot use "x"/],
    [
      "more examples than there are",
      { train: 7 },
      /^RangeError: Cannot take 7 train and 0 test examples from .* are 6/,
    ],
  ] as const
) {
  Deno.test(`load.npz() refuses ${fault}`, async () => {
    await assert.rejects(floats(params as unknown as Params), message);
  });
}

Deno.test("load.npz() reads labels from firstLabel on", async () => {
  assert.deepEqual([...(await floats({ y: "from_one", firstLabel: 1, pick: "first", test: 0 })).y], [0, 1, 2, 0, 1, 2]);
});

Deno.test("load.npz() refuses files that are no archives, or cut off", () =>
  withFolder(async (folder) => {
    const path = join(folder, "x.npz");
    await writeFile(path, "no archive");
    await assert.rejects(
      load(stages.npz({ path })),
      /^TypeError: Cannot read ".*x.npz": it is not an npz file; save the/,
    );
    const whole = await fixtureBytes("floats.npz");
    await writeFile(path, whole.subarray(0, whole.length - 100));
    await assert.rejects(load(stages.npz({ path })), /^RangeError: Cannot read ".*x.npz": it is cut off or damaged/);
    await assert.rejects(
      load(stages.npz({ path: join(folder, "y.npz") })),
      /^Error: Cannot read ".*y.npz": ENOENT.*give/,
    );
  }));

Deno.test("load.npz() declares its file, and refuses parameters that contradict each other", () => {
  const { stage, params } = stages.npz({ path: "a.npz" });
  assert.deepEqual(stage.files!(params as never), ["a.npz"]);
  assert.throws(() => stages.npz({ path: "a.npz", testX: "x" }), /give both "testX" and "testY"/);
  assert.throws(() => stages.npz({ path: "a.npz", testX: "x", testY: "y", split: "s" }), /leave out "split"/);
  assert.throws(() => stages.npz({ path: "a.npz", range: [1, 0] }), /must be less/);
});
