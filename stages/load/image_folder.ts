/** @file load.imageFolder: one's own pictures, a folder a class. */
// deno-lint-ignore engram/no-files -- the list of files, which the stage declares with "files", so that it is in the key
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { didYouMean, stage } from "../../dsl/mod.ts";
import { Dataset } from "../artifacts/dataset.ts";
import { readOwn } from "./own_file.ts";
import { decodePicture, type Picture } from "./picture.ts";
import { fromPool, poolParams } from "./pool.ts";

const params = z.object({
  path: z.string().min(1).describe("Folder with a folder for each class"),
  testPath: z.string().min(1).optional().describe("Folder with the test pictures, laid out in the same way"),
  color: z.enum(["rgb", "grey"]).default("rgb").describe("Three channels, or one for pictures that are grey"),
  ...poolParams,
});

/** A picture's file. */
interface File {
  readonly path: string;
  /** The folder it is in: its class. */
  readonly label: string;
}

/**
 * A data set of one's own from folders of PNG and JPEG files of one size: `path/cat/1.png`, `path/dog/7.jpg`. Classes
 * are the folders in the order of their names (by code units), class 0 first. Files whose names begin with a dot are
 * left out.
 *
 * Splits are `path` and `testPath`, or are drawn by `train`, `test` and `pick`. Ids are places in the order of the paths,
 * test pictures following train pictures.
 *
 * The names and the contents of all files enter the cache key.
 *
 * @throws RangeError when there is no folder or fewer than two classes, when pictures differ in size (none is resized),
 * have colours where grey is wanted or are transparent, or when a file is damaged. TypeError when a file is no picture.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import * as load from "engram/stages/load/mod.ts";
 * const data = load.imageFolder({ path: "pets/train", testPath: "pets/test", color: "rgb" });
 * assert(data.params.pick === "random");
 * ```
 */
export const imageFolder = stage({
  name: "image-folder",
  doc: "Pictures of one's own, a folder a class",
  inputs: {},
  params,
  output: Dataset,
  files: ({ path, testPath }) => [...listed(path), ...(testPath === undefined ? [] : listed(testPath))].map(pathOf),
  async run(_inputs, { path, testPath, color, ...options }, context) {
    const train = listed(path);
    const test = testPath === undefined ? [] : listed(testPath);
    const classes = [...new Set(train.map(({ label }) => label))];
    const stray = test.find(({ label }) => !classes.includes(label));
    if (stray !== undefined) {
      throw new RangeError(
        `Cannot use "${stray.path}": no class of "${path}" is "${stray.label}"; ${didYouMean(stray.label, classes)}`,
      );
    }
    const files = [...train, ...test];
    let first: Picture | undefined;
    let x = new Uint8Array(0);
    for (const [i, file] of files.entries()) {
      context.signal.throwIfAborted();
      const picture = await decodePicture(await readOwn(file.path), color, file.path);
      first ??= picture;
      if (i === 0) x = new Uint8Array(files.length * picture.pixels.length);
      if (picture.shape.join() !== first.shape.join()) {
        const sizes = `${size(picture)}, "${files[0]!.path}" ${size(first)}`;
        throw new RangeError(
          `Cannot join pictures of different sizes: "${file.path}" is ${sizes}; resize them to one size`,
        );
      }
      x.set(picture.pixels, i * picture.pixels.length);
      context.progress({ done: i + 1, total: files.length, unit: "pictures" });
    }
    return fromPool({
      name: `"${path}"`,
      shape: first!.shape,
      x,
      y: Int32Array.from(files, ({ label }) => classes.indexOf(label)),
      split: testPath === undefined ? undefined : files.map((_, i) => i < train.length ? "train" : "test"),
    }, options);
  },
});

function pathOf({ path }: File): string {
  return path;
}

function size({ shape: [height, width] }: Picture): string {
  return `${width}x${height}`;
}

/** The pictures of a folder, in the order of classes and names. */
function listed(folder: string): File[] {
  const classes = entries(folder).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort();
  const files = classes.flatMap((label) =>
    entries(join(folder, label)).filter((entry) => entry.isFile()).map(({ name }) => name).sort()
      .map((name) => ({ path: join(folder, label, name), label }))
  );
  const found = new Set(files.map(({ label }) => label)).size;
  if (found < 2) {
    throw new RangeError(
      `Cannot use folder "${folder}": it has ${found} folders with files in them; give one for each class`,
    );
  }
  return files;
}

function entries(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !name.startsWith("."));
  } catch (cause) {
    throw new RangeError(`Cannot look into folder "${folder}": ${(cause as Error).message}; give its path`, { cause });
  }
}
