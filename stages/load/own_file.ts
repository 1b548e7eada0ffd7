/** @file Reads files of one's own: those that a stage declares with "files", so that their contents are in its key. */
// deno-lint-ignore engram/no-files -- only those that the stage declares with "files"
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

/**
 * The bytes of a file; unpacked where it is gzipped.
 *
 * @throws Error when it cannot be read or unpacked.
 */
export async function readOwn(path: string): Promise<Uint8Array> {
  try {
    const bytes = await readFile(path);
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return isGzip ? await promisify(gunzip)(bytes) : bytes;
  } catch (cause) {
    throw new Error(`Cannot read "${path}": ${(cause as Error).message}; give the path of a whole file`, { cause });
  }
}
