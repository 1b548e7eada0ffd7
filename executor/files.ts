/** @file Digests of the files that stages read: their contents; an unchanged file is not read again. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { hash, type Store } from "../cache/mod.ts";
import { messageOf, RequestError } from "./errors.ts";

const SPACE = "files";

/**
 * The digest of a file's contents. A note of size, inode and time of change saves reading it again.
 *
 * @throws RequestError when the file cannot be read.
 */
export async function fileDigest(store: Store, path: string): Promise<string> {
  const absolute = resolve(path);
  try {
    const { mtime, size, ino } = await Deno.stat(absolute);
    const stamp = `${mtime?.getTime()} ${size} ${ino}`;
    const name = hash("file", absolute);
    const note = await store.readNote(SPACE, name) as { stamp: string; digest: string } | undefined;
    if (note?.stamp === stamp) return note.digest;
    const sha = createHash("sha256");
    for await (const chunk of createReadStream(absolute)) sha.update(chunk as Uint8Array);
    const digest = sha.digest("hex");
    if (store.writable) await store.writeNote(SPACE, name, { stamp, digest });
    return digest;
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new RequestError(`Cannot read "${path}", which a stage needs: ${messageOf(cause)}`, { cause });
  }
}
