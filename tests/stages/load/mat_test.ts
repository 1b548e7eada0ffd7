/** @file MAT-files that SciPy wrote, and SVHN in that format. */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseMat } from "../../../stages/load/mat_format.ts";
import * as stages from "../../../stages/load/mod.ts";
import { fixture, fixtureBytes, load, pixelsOf } from "./fixture.ts";
import { withFolder } from "./support.ts";

const OWN = { trainFile: fixture("svhn_train.mat"), testFile: fixture("svhn_test.mat") };

Deno.test("parseMat() reads the numeric arrays of a file and leaves out the rest", async () => {
  const arrays = parseMat(await fixtureBytes("mixed.mat"), "mixed");
  assert.deepEqual([...arrays.keys()].sort(), ["doubles", "int16"]);
  assert.deepEqual(arrays.get("doubles")!.shape, [2, 3]);
  // Columns first, as MATLAB stores them.
  assert.deepEqual(Array.from(arrays.get("doubles")!.data), [1.5, 4, -2, 5, 3, 6]);
  assert.deepEqual(Array.from(arrays.get("int16")!.data), [-300, 7]);
});

Deno.test("parseMat() refuses other files, and every file that is cut off inside an array", async () => {
  assert.throws(
    () => parseMat(new Uint8Array(200), "zeros"),
    /^TypeError: Cannot read "zeros": it is not a level 5 MAT/,
  );
  for (const name of ["svhn_train.mat", "svhn_test.mat"]) {
    const whole = await fixtureBytes(name);
    // The headers of the arrays come first in both files.
    for (const length of [129, 135, 140, 200, 600, whole.length - 200, whole.length - 9]) {
      assert.throws(() => parseMat(whole.subarray(0, length), "cut"), /^RangeError: Cannot read "cut": it is cut off/);
    }
  }
});

Deno.test("load.svhn() reads files of one's own, compressed or not: digit 0 is 10 there", async () => {
  const data = await load(stages.svhn({ ...OWN, pick: "first" }));
  assert.deepEqual(data.x.shape, [6, 32, 32, 3]);
  assert.deepEqual([...data.x.data], [0, 1, 2, 3, 4, 5].flatMap((n) => pixelsOf(n, 32, 32, 3)));
  assert.deepEqual([...data.y], [0, 1, 9, 0, 2, 0]);
  assert.deepEqual([...data.id], [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(data.split, ["train", "train", "train", "train", "test", "test"]);
  const cut = await load(stages.svhn({ ...OWN, train: 2, test: 1, pick: "first" }));
  assert.deepEqual([...cut.id], [0, 1, 4]);
});

Deno.test("load.svhn() puts one's own files into the key, and published ones not", () => {
  const { stage, params } = stages.svhn(OWN);
  assert.deepEqual(stage.files!(params as never), [OWN.trainFile, OWN.testFile]);
  assert.deepEqual(stage.files!(stages.svhn({ folder: "somewhere" }).params as never), []);
  assert.throws(() => stages.svhn({ trainFile: "train.mat" }), /give both "trainFile" and "testFile"/);
});

Deno.test("load.svhn() refuses MAT-files with other arrays", async () => {
  const other = stages.svhn({ ...OWN, testFile: fixture("mixed.mat") });
  await assert.rejects(
    load(other),
    /^RangeError: Cannot read ".*mixed.mat" as SVHN: it has "doubles", "int16"; it takes "X"/,
  );
  await withFolder(async (folder) => {
    const bytes = await fixtureBytes("svhn_test.mat");
    // The label behind the last array's tags.
    bytes[bytes.lastIndexOf(10)] = 11;
    await writeFile(join(folder, "bad.mat"), bytes);
    const bad = stages.svhn({ ...OWN, testFile: join(folder, "bad.mat") });
    await assert.rejects(load(bad), /^RangeError: Cannot read ".*bad.mat" as SVHN: label 1 is 11; they are 1 to 10$/);
  });
});
