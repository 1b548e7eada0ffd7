/** @file Pictures: PNG and JPEG as Pillow wrote them, and folders of them. */
import assert from "node:assert/strict";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as stages from "../../../stages/load/mod.ts";
import { type Color, decodePicture } from "../../../stages/load/picture.ts";
import { fixture, fixtureBytes, load, pixelOf, pixelsOf } from "./fixture.ts";
import { withFolder } from "./support.ts";

async function decode(name: string, color: Color) {
  return await decodePicture(await fixtureBytes(name), color, name);
}

/** Lays fixtures out as told, by path. */
async function layOut(folder: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [path, name] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await copyFile(fixture(name), join(folder, path));
  }
  return folder;
}

Deno.test("decodePicture() reads colours, palettes and opaque pictures alike", async () => {
  for (const name of ["rgb.png", "palette.png", "opaque.png"]) {
    const { shape, pixels } = await decode(name, "rgb");
    assert.deepEqual(shape, [4, 5, 3]);
    assert.deepEqual([...pixels], pixelsOf(0, 4, 5, 3), name);
  }
});

Deno.test("decodePicture() reads grey as one channel or three", async () => {
  const grey = await decode("grey.png", "grey");
  assert.deepEqual([grey.shape, [...grey.pixels]], [[4, 5, 1], pixelsOf(0, 4, 5, 1)]);
  const rgb = await decode("grey.png", "rgb");
  assert.deepEqual(rgb.shape, [4, 5, 3]);
  rgb.pixels.forEach((pixel, i) => assert.equal(pixel, grey.pixels[Math.floor(i / 3)]));
});

Deno.test("decodePicture() reads JPEG, baseline and progressive, within what compression loses", async () => {
  for (const name of ["flat.jpg", "progressive.jpg"]) {
    const { shape, pixels } = await decode(name, "rgb");
    assert.deepEqual(shape, [8, 8, 3]);
    pixels.forEach((pixel, i) => assert.ok(Math.abs(pixel - [200, 100, 50][i % 3]!) <= 3, `${name}: ${pixel}`));
  }
  const { shape, pixels } = await decode("grey.jpg", "grey");
  assert.deepEqual(shape, [8, 8, 1]);
  assert.ok(pixels.every((pixel) => Math.abs(pixel - 77) <= 1));
});

for (
  const [name, color, message] of [
    ["rgb.png", "grey", /^RangeError: Cannot use "rgb.png" as grey: it has colours; set "color" to "rgb"/],
    ["transparent.png", "rgb", /^RangeError: Cannot use "transparent.png": it is transparent; put it on a background$/],
    [
      "deep.png",
      "grey",
      /^RangeError: Cannot read "deep.png": it has 16 bits a channel; get the file again, or convert/,
    ],
    ["labels", "rgb", /^TypeError: Cannot read "labels": it is neither a PNG nor a JPEG file/],
  ] as const
) {
  Deno.test(`decodePicture() refuses ${name} as ${color}`, async () => {
    await assert.rejects(decode(name, color), message);
  });
}

Deno.test("decodePicture() refuses files that are cut off", async () => {
  for (const name of ["rgb.png", "flat.jpg"]) {
    const bytes = (await fixtureBytes(name)).subarray(0, 60);
    await assert.rejects(decodePicture(bytes, "rgb", name), /^RangeError: Cannot read "/, name);
  }
});

Deno.test("load.imageFolder() takes a folder for a class and the order of names for ids", () =>
  withFolder(async (folder) => {
    const path = await layOut(folder, {
      "train/dog/b.png": "rgb.png",
      "train/dog/a.png": "grey.png",
      "train/cat/z.png": "palette.png",
      "train/.hidden/x.png": "rgb.png",
      "train/dog/.x": "labels",
      "test/dog/1.png": "rgb.png",
    });
    const [train, test] = [join(path, "train"), join(path, "test")];
    await assert.rejects(
      load(stages.imageFolder({ path: train, testPath: test })),
      /test".*: it has 1 folders with files/,
    );
    await layOut(folder, { "test/cat/1.png": "opaque.png" });
    const node = stages.imageFolder({ path: train, testPath: test });
    const data = await load(node);
    assert.deepEqual(data.x.shape, [5, 4, 5, 3]);
    assert.deepEqual([...data.y], [0, 1, 1, 0, 1]);
    assert.deepEqual(data.split, ["train", "train", "train", "test", "test"]);
    assert.equal(data.x.data[60 + 1], pixelOf(0, 0, 0, 0), "the first dog is grey");
    assert.equal(data.x.data[120 + 1], pixelOf(0, 0, 0, 1), "the second is not");
    const names = ["train/cat/z.png", "train/dog/a.png", "train/dog/b.png", "test/cat/1.png", "test/dog/1.png"];
    assert.deepEqual(node.stage.files!(node.params as never), names.map((name) => join(path, name)));
  }));

Deno.test("load.imageFolder() draws splits where there is one folder", () =>
  withFolder(async (path) => {
    const names = Array.from({ length: 5 }, (_, i) => [`a/${i}.png`, `b/${i}.png`]).flat();
    await layOut(path, Object.fromEntries(names.map((name) => [name, "grey.png"])));
    const data = await load(stages.imageFolder({ path, color: "grey", seed: 1 }));
    assert.deepEqual(data.x.shape, [10, 4, 5, 1]);
    assert.equal(data.split.filter((split) => split === "test").length, 2);
    assert.equal(new Set(data.id).size, 10);
  }));

Deno.test("load.imageFolder() refuses pictures of different sizes, files that are none, and folders that are not there", () =>
  withFolder(async (path) => {
    await layOut(path, { "a/1.png": "rgb.png", "b/1.jpg": "flat.jpg" });
    const node = stages.imageFolder({ path });
    await assert.rejects(
      load(node),
      /^RangeError: Cannot join pictures of different sizes: ".*1.jpg" is 8x8, ".*1.png" 5x4; resize them to one size$/,
    );
    await writeFile(join(path, "b/1.jpg"), "no picture");
    await assert.rejects(load(node), /^TypeError: Cannot read ".*1.jpg": it is neither/);
    const nowhere = stages.imageFolder({ path: join(path, "nowhere") });
    assert.throws(
      () => nowhere.stage.files!(nowhere.params as never),
      /^RangeError: Cannot look into folder ".*nowhere"/,
    );
    await layOut(path, { "test/c/1.png": "rgb.png", "test/a/1.png": "rgb.png" });
    const stray = stages.imageFolder({
      path: await layOut(join(path, "train"), { "a/1": "rgb.png", "b/1": "rgb.png" }),
      testPath: join(path, "test"),
    });
    await assert.rejects(
      load(stray),
      /^RangeError: Cannot use ".*1.png": no class of ".*train" is "c"; Known: "a", "b"$/,
    );
  }));
