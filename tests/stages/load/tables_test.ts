/** @file load.csv and load.arrow. */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodePieces } from "../../../cache/arrow_encode.ts";
import { Dataset } from "../../../stages/artifacts/dataset.ts";
import * as stages from "../../../stages/load/mod.ts";
import { fixture, load, pixelsOf } from "./fixture.ts";
import { withFolder } from "./support.ts";

const FLOWERS = `name,petal,sepal,species,part
a,0.5,1,iris,train
"b, or c",2,0,rose,test
d,1.25,2,iris,train
`;

/** Writes a CSV file and loads it. */
async function csv(text: string, params: Partial<Parameters<typeof stages.csv>[0]> = {}) {
  let data: Awaited<ReturnType<typeof load<typeof Dataset>>> | undefined;
  await withFolder(async (folder) => {
    const path = join(folder, "t.csv");
    await writeFile(path, text);
    data = await load(stages.csv({ path, ...params }));
  });
  return data!;
}

const ABOUT = {
  label: "species",
  classes: ["rose", "iris"],
  ignore: ["name"],
  split: "part",
  range: [0, 2] as [number, number],
};

Deno.test("load.csv() reads quoted fields, words as labels, splits and ranges", async () => {
  const data = await csv(FLOWERS, ABOUT);
  assert.deepEqual(data.x.shape, [3, 1, 2, 1]);
  assert.deepEqual([...data.x.data], [64, 128, 159, 255, 255, 0]);
  assert.deepEqual([...data.y], [1, 1, 0]);
  assert.deepEqual([...data.id], [0, 2, 1]);
  assert.deepEqual(data.split, ["train", "train", "test"]);
});

Deno.test("load.csv() reads tables without a header, ids and shapes", async () => {
  const text = "3;1;0;255;7;8\n1;2;9;8;7;6\n";
  const params = {
    delimiter: ";",
    header: false,
    label: "1",
    firstLabel: 1,
    id: "0",
    shape: [2, 2, 1] as [2, 2, 1],
    test: 1,
  };
  const data = await csv(text, { ...params, pick: "first" });
  assert.deepEqual(data.x.shape, [2, 2, 2, 1]);
  assert.deepEqual([...data.x.data], [0, 255, 7, 8, 9, 8, 7, 6]);
  assert.deepEqual([[...data.y], [...data.id]], [[0, 1], [3, 1]]);
});

for (
  const [fault, text, params, message] of [
    ["columns that are not there", FLOWERS, { label: "spezies" }, /column "spezies" in ".*"; did you mean "species"\?/],
    [
      "labels that are in no class",
      FLOWERS,
      { classes: ["rose", "lily"] },
      /label "iris" of row 0, .*, in "classes"; /,
    ],
    ["words as features", FLOWERS, { ignore: [] }, /^RangeError: Cannot use "a" in column "name" of row 0 of .*NaN/],
    [
      "features outside the range",
      FLOWERS,
      { range: [0, 1] },
      /"2" in column "petal" of row 1 .* it is 2, outside "range"/,
    ],
    ["empty fields", FLOWERS.replace("0.5", ""), {}, /Cannot use "" in column "petal" of row 0 of/],
    ["rows of other lengths", FLOWERS + "e,1\n", {}, /as CSV: .*Invalid Record Length/],
    ["words as labels without classes", FLOWERS, { classes: undefined }, /as labels: that of row 0 is NaN/],
    ["empty files", "", {}, /it is empty/],
  ] as const
) {
  Deno.test(`load.csv() refuses ${fault}`, async () => {
    await assert.rejects(csv(text, { ...ABOUT, ...params } as never), message);
  });
}

Deno.test("load.csv() takes 0 and 1 for train and test", async () => {
  const data = await csv("label,x,part\n0,1,1\n1,2,0\n", { split: "part" });
  assert.deepEqual([[...data.id], data.split], [[1, 0], ["train", "test"]]);
});

const TABLE = fixture("table.arrow");
const ABOUT_TABLE = { path: TABLE, x: "pixels", y: "label", split: "part", id: "number" };
const IMAGES = [0, 1, 3, 2, 4];

for (const file of ["table.arrow", "table.arrows"]) {
  Deno.test(`load.arrow() reads what pyarrow wrote: ${file}`, async () => {
    const data = await load(stages.arrow({ ...ABOUT_TABLE, path: fixture(file) }));
    assert.deepEqual(data.x.shape, [5, 1, 6, 1]);
    assert.deepEqual([...data.x.data], IMAGES.flatMap((n) => pixelsOf(n, 2, 3, 1)));
    assert.deepEqual([...data.y], [0, 1, 1, 0, 1]);
    assert.deepEqual([...data.id], [7, 8, 10, 9, 11]);
    assert.deepEqual(data.split, ["train", "train", "train", "test", "test"]);
    const nested = await load(stages.arrow({ ...ABOUT_TABLE, path: fixture(file), x: "nested" }));
    assert.deepEqual(nested.x, { data: data.x.data, shape: [5, 2, 3, 1] });
  });
}

Deno.test("load.arrow() reads lists of floats, and columns of numbers, with a range", async () => {
  const lists = await load(stages.arrow({ ...ABOUT_TABLE, x: "vector", range: [-1, 1], pick: "first", test: 0 }));
  assert.deepEqual([...lists.x.data], [128, 128, 159, 96, 223, 32]);
  const columns = await load(stages.arrow({ ...ABOUT_TABLE, x: ["width", "height"], range: [0, 51], group: "part" }));
  assert.deepEqual([...columns.x.data], [8, 50, 13, 100, 23, 200, 18, 150, 28, 250]);
  assert.deepEqual(columns.group, ["train", "train", "train", "test", "test"]);
});

Deno.test("load.arrow() reads a data set that this library stored", () =>
  withFolder(async (folder) => {
    const path = join(folder, "data.arrow");
    const stored = await load(stages.longTail({ classes: 2, train: 20, test: 10, subpopulations: 3, side: 4 }));
    await writeFile(path, Buffer.concat(encodePieces(Dataset, stored, 30)));
    const columns = { x: "x", y: "y", split: "split", id: "id", group: "group" };
    assert.deepEqual(await load(stages.arrow({ path, ...columns })), stored);
  }));

for (
  const [fault, params, message] of [
    [
      "columns that are not there",
      { y: "labels" },
      /^RangeError: Cannot find column "labels" .*; did you mean "label"\?/,
    ],
    ["nulls", { x: ["holes"] }, /^RangeError: Cannot use column "holes" of ".*": it has 1 nulls; fill them in$/],
    ["lists of different lengths", { x: "ragged" }, /column "ragged" of ".*": row 1 is 2, row 0 1; make them alike/],
    ["words as features", { x: ["part"] }, /feature 0 of row 0 of ".*": it is no number/],
    ["compressed files", { path: fixture("compressed.feather") }, /^(Type|Range)Error: Cannot/],
    [
      "files of other formats",
      { path: fixture("rgb.png") },
      /^TypeError: Cannot read ".*rgb.png" as Arrow: .*; write it as/,
    ],
  ] as const
) {
  Deno.test(`load.arrow() refuses ${fault}`, async () => {
    await assert.rejects(load(stages.arrow({ ...ABOUT_TABLE, ...params } as never)), message);
  });
}

Deno.test("load.csv() and load.arrow() declare their file", () => {
  for (const node of [stages.csv({ path: "a" }), stages.arrow({ path: "a" })]) {
    assert.deepEqual(node.stage.files!(node.params as never), ["a"]);
  }
});
