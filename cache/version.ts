/** @file Opening a store's directory: making it, and refusing one that this library can not use. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { StoreOpenError } from "./errors.ts";
import { codeOf, readTextIfThere, writeAtomically } from "./files.ts";
import type { Layout } from "./layout.ts";
import { canonicalJson } from "./canonical_json.ts";

/** The version of the layout on disk; raised when an older library could misread a store. */
export const STORE_VERSION = 1;

/** Makes the folders of a store and its version file, or checks those that are there. */
export async function prepare(layout: Layout): Promise<void> {
  try {
    for (const folder of layout.folders) await Deno.mkdir(folder, { recursive: true });
    await checkVersion(layout);
    await probe(layout.temporary);
  } catch (cause) {
    throw explain(layout.directory, cause);
  }
}

/** Writes and removes a file: permission bits say nothing of a disk that is mounted read-only. */
async function probe(folder: string): Promise<void> {
  const path = join(folder, `probe-${randomUUID()}`);
  await Deno.writeFile(path, new Uint8Array(0), { createNew: true });
  await Deno.remove(path);
}

async function checkVersion(layout: Layout): Promise<void> {
  const text = await readTextIfThere(layout.version);
  if (text === undefined) {
    const content = new TextEncoder().encode(canonicalJson({ format: "engram store", version: STORE_VERSION }) + "\n");
    const written = await writeAtomically(layout.temporary, layout.version, [content], {
      flush: true,
      existing: "keep",
    });
    return written ? undefined : checkVersion(layout);
  }
  const version = parseVersion(text);
  if (version === undefined) {
    const remedy = `if this is an Engram store, write {"format":"engram store","version":${STORE_VERSION}} into it`;
    throw new StoreOpenError(layout.directory, `its "version.json" is damaged: ${remedy}`);
  }
  if (version > STORE_VERSION) {
    const reason =
      `it has version ${version}, and this Engram knows ${STORE_VERSION}: update Engram, or use another folder`;
    throw new StoreOpenError(layout.directory, reason);
  }
}

function parseVersion(text: string): number | undefined {
  try {
    const { format, version } = JSON.parse(text);
    return format === "engram store" && Number.isInteger(version) ? version : undefined;
  } catch {
    return undefined;
  }
}

function explain(directory: string, cause: unknown): unknown {
  if (cause instanceof StoreOpenError) return cause;
  const code = codeOf(cause instanceof Error && cause.cause ? cause.cause : cause);
  if (code === "EEXIST" || code === "ENOTDIR") {
    return new StoreOpenError(directory, "a file is in the way: give a folder, or a path where one can be made", {
      cause,
    });
  }
  const reason = `it can not be written (${code ?? cause}): choose a folder of yours on a disk with space`;
  return new StoreOpenError(directory, reason, { cause });
}
