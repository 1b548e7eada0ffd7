/** @file IDX files: the format, and the stage that reads one's own. */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { parseIdx } from "../../../stages/load/idx_format.ts";
import * as load from "../../../stages/load/mod.ts";
import { recordingContext, runSource, withFolder } from "./support.ts";

/** An IDX file of unsigned bytes. */
function idxFile(shape: readonly number[], data: ArrayLike<number>, type = 8): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  header.setUint8(2, type);
  header.setUint8(3, shape.length);
  shape.forEach((length, axis) => header.setUint32(4 + 4 * axis, length));
  return Uint8Array.from([...new Uint8Array(header.buffer), ...Array.from(data)]);
}

function counting(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i % 256);
}

Deno.test("parseIdx() reads back any shape and data", () => {
  const shapes = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 });
  fc.assert(fc.property(shapes, fc.nat(255), (shape, first) => {
    const data = counting(shape.reduce((a, b) => a * b, 1)).map((i) => (i + first) % 256);
    const read = parseIdx(idxFile(shape, data), "x");
    assert.deepEqual(read.shape, shape);
    assert.deepEqual([...read.data], data);
  }));
});

Deno.test("parseIdx() refuses every file that is cut off or has bytes too many", () => {
  const whole = idxFile([3, 2, 2], counting(12));
  for (let length = 0; length < whole.length; length++) {
    assert.throws(() => parseIdx(whole.subarray(0, length), "cut"), /^(Type|Range)Error: Cannot read "cut": it /);
  }
  assert.throws(
    () => parseIdx(Uint8Array.from([...whole, 0]), "long"),
    /^RangeError: Cannot read "long": it holds 13 elements, but its header says 3x2x2 = 12; it is cut off or damaged$/,
  );
});

Deno.test("parseIdx() refuses other element types", () => {
  assert.throws(() => parseIdx(idxFile([1], [0, 0, 0, 0], 0x0d), "f"), /its element type is 0x0d; only 0x08/);
});

/** Writes a set of 4 train and 2 test images of 2x3 pixels, with any of its files replaced; returns the parameters. */
async function writeSet(folder: string, other: Partial<Record<"images" | "labels" | "testImages", Uint8Array>> = {}) {
  const files = {
    images: idxFile([4, 2, 3], counting(24)),
    labels: idxFile([4], [2, 0, 1, 0]),
    testImages: gzipSync(idxFile([2, 2, 3], counting(12).map((i) => 100 + i))),
    testLabels: idxFile([2], [1, 2]),
    ...other,
  };
  const paths = Object.fromEntries(Object.keys(files).map((name) => [name, join(folder, name)]));
  for (const [name, contents] of Object.entries(files)) await writeFile(paths[name]!, contents);
  return paths as Record<keyof typeof files, string>;
}

Deno.test("load.idx() reads plain and gzipped files into a data set", () =>
  withFolder(async (folder) => {
    const { context } = recordingContext(folder);
    const data = await runSource(load.idx(await writeSet(folder)), context);
    assert.deepEqual(data.x.shape, [6, 2, 3, 1]);
    assert.deepEqual([...data.x.data], [...counting(24), ...counting(12).map((i) => 100 + i)]);
    assert.deepEqual([...data.y], [2, 0, 1, 0, 1, 2]);
    assert.deepEqual([...data.id], [0, 1, 2, 3, 4, 5]);
    assert.deepEqual(data.split, ["train", "train", "train", "train", "test", "test"]);
    assert.deepEqual(data.group, ["", "", "", "", "", ""]);
  }));

Deno.test("load.idx() keeps the ids of the full set when it is cut", () =>
  withFolder(async (folder) => {
    const { context } = recordingContext(folder);
    const paths = await writeSet(folder);
    const data = await runSource(load.idx({ ...paths, train: 2, test: 1, pick: "first" }), context);
    assert.deepEqual([...data.id], [0, 1, 4]);
    const balanced = await runSource(load.idx({ ...paths, train: 3 }), context);
    assert.deepEqual([...balanced.y.subarray(0, 3)].sort(), [0, 1, 2]);
    const size = 6;
    balanced.id.forEach((id, row) =>
      assert.equal(balanced.x.data[row * size], id < 4 ? id * size : 100 + (id - 4) * size)
    );
  }));

Deno.test("load.idx() declares its files, so that their contents enter the key", () => {
  const paths = { images: "a", labels: "b", testImages: "c", testLabels: "d" };
  const { stage, params } = load.idx(paths);
  assert.deepEqual(stage.files!(params as never), ["a", "b", "c", "d"]);
  assert.deepEqual(stage.unkeyed, []);
});

for (
  const [fault, other, params, message] of [
    [
      "labels that are too few",
      { labels: idxFile([3], [0, 1, 2]) },
      {},
      /labels: they have shape 3, the images in ".*" are 4/,
    ],
    [
      "images without axes",
      { images: idxFile([24], counting(24)) },
      {},
      /as images: it has shape 24; it takes count x/,
    ],
    ["test images of another size", { testImages: idxFile([2, 3, 2], counting(12)) }, {}, /2x3x1 in ".*", 3x2x1 in "/],
    ["more examples than there are", {}, { train: 5 }, /^RangeError: Cannot keep 5 train examples: there are 4; ask/],
  ] as const
) {
  Deno.test(`load.idx() refuses ${fault}`, () =>
    withFolder(async (folder) => {
      const { context } = recordingContext(folder);
      await assert.rejects(runSource(load.idx({ ...await writeSet(folder, other), ...params }), context), message);
    }));
}
