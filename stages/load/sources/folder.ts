/** @file Reads a data set from a folder, accepting only files with the pinned SHA-256. */
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { Files, PinnedFile } from "./types.ts";

/** Why a folder cannot be used: files with other contents than they should have, and how many are not there. */
export interface Lacking {
  readonly files?: undefined;
  readonly reason: string;
  readonly damaged: readonly string[];
  readonly missing: number;
}

/** What was found in a folder: all files, or why not. */
export type Found = { readonly files: Files } | Lacking;

const inflate = promisify(gunzip);

/**
 * Reads all of `pinned` from `folder`, or from the first of its `subfolders` that has any; each file plain or as `.gz`.
 *
 * Contents are hashed every time: 180 MB take 0.1 s, so no memo of file times can ever be wrong.
 */
export async function readFolder(
  folder: string,
  pinned: readonly PinnedFile[],
  subfolders: readonly string[] = [],
): Promise<Found> {
  let found: Lacking | undefined;
  for (const place of [folder, ...subfolders.map((name) => join(folder, name))]) {
    const here = await readPlace(place, pinned);
    if (here.files !== undefined) return here;
    // A place that has some of the files explains more than one that has none.
    if (found === undefined || here.missing < found.missing) found = here;
  }
  return found!;
}

async function readPlace(folder: string, pinned: readonly PinnedFile[]): Promise<Found> {
  const files = new Map<string, Uint8Array>();
  const missing: string[] = [];
  const damaged: string[] = [];
  const reasons: string[] = [];
  for (const file of pinned) {
    const read = await readOne(folder, file);
    if (read === undefined) missing.push(`"${file.name}"`);
    else if (read.reason === undefined) files.set(file.name, read.bytes);
    else {
      damaged.push(read.path);
      reasons.push(read.reason);
    }
  }
  if (files.size === pinned.length) return { files };
  if (missing.length === pinned.length) {
    const exists = await stat(folder).then(() => true, () => false);
    return { reason: exists ? "it has none of the files" : "it does not exist", damaged, missing: missing.length };
  }
  if (missing.length > 0) reasons.push(`it lacks ${missing.join(", ")}`);
  return { reason: reasons.join("; "), damaged, missing: missing.length };
}

type Read = { readonly bytes: Uint8Array; readonly reason?: undefined } | {
  readonly path: string;
  readonly reason: string;
};

async function readOne(folder: string, file: PinnedFile): Promise<Read | undefined> {
  const plain = join(folder, file.name);
  const bytes = await readIfThere(plain);
  if (bytes !== undefined) return verified(bytes, file, plain);
  const packed = await readIfThere(`${plain}.gz`);
  if (packed === undefined) return undefined;
  try {
    const bytes = await inflate(packed, { maxOutputLength: file.bytes + 1 });
    return verified(bytes, file, `${plain}.gz`);
  } catch (error) {
    return { path: `${plain}.gz`, reason: `"${file.name}.gz" cannot be unpacked (${(error as Error).message})` };
  }
}

function verified(bytes: Uint8Array, file: PinnedFile, path: string): Read {
  const wrong = mismatch(bytes, file);
  if (wrong !== undefined) return { path, reason: wrong };
  // Node's Buffer is a Uint8Array with other methods under some names.
  return { bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

/** Says how `bytes` differ from what is pinned, or nothing when they agree. */
export function mismatch(bytes: Uint8Array, file: PinnedFile): string | undefined {
  if (bytes.length !== file.bytes) return `"${file.name}" has ${bytes.length} bytes, not ${file.bytes}`;
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return sha256 === file.sha256 ? undefined : `"${file.name}" has SHA-256 ${sha256}, not ${file.sha256}`;
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}
