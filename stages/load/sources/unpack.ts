/** @file Unpacking what was downloaded: files out of a tarball, and gzip. */
import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";

/**
 * Extracts some files of a tarball (gzipped or not) straight into a folder, without the folders they are in.
 *
 * @param depth how many folders to strip: entry `package/data/x` with depth 2 becomes `x`.
 * @param wanted which entries, by their path in the tarball.
 */
export async function extract(
  tarball: string,
  into: string,
  depth: number,
  wanted: (path: string) => boolean,
): Promise<void> {
  const tar = await import("tar");
  await tar.extract({ file: tarball, cwd: into, strip: depth, filter: (path) => wanted(path), strict: true });
}

/** Unpacks every `….gz` beside itself, without the extension. */
export async function gunzipAll(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await pipeline(createReadStream(path), createGunzip(), createWriteStream(path.replace(/\.gz$/, "")));
  }
}
