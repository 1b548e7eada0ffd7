/** @file Checks one object's file as fast as the disk gives it, in the memory of two buffers. */
import { decodeAnyTable } from "./codec.ts";
import { digestTable } from "./digest.ts";
import { END_BYTES, SEAL_BYTES, SealHash, sealStart, whyEndless, whyUnsealed, whyUnsound } from "./sealed_arrow.ts";

/** Bytes read at a time; one buffer is filled while the other is hashed. */
const BUFFER_BYTES = 1 << 20;

/** What a check found. */
export interface Checked {
  readonly bytes: number;
  /** Tells the file from another that takes its place. */
  readonly inode: number | null;
  /** Why the object is unsound; undefined if it is sound. */
  readonly reason: string | undefined;
}

/**
 * Checks an object's file against its seal: length, digest, checksum of all bytes. Where it has `decodeBytes` or less,
 * also decodes the table and takes its logical digest again, which is all that reading it would do.
 */
export async function checkObject(path: string, digest: string, decodeBytes: number): Promise<Checked> {
  const { size: bytes, ino: inode } = Deno.statSync(path);
  if (bytes <= BUFFER_BYTES) return { bytes, inode, reason: await whySmallUnsound(path, digest, decodeBytes) };
  using file = await Deno.open(path);
  const reason = await whySealBroken(file, bytes, digest) ??
    (bytes <= decodeBytes ? await whyAnother(await readAt(file, 0, bytes), digest) : undefined);
  return { bytes, inode, reason };
}

/** Synchronous reading: most objects are so small that the round trips to the event loop would take longest. */
async function whySmallUnsound(path: string, digest: string, decodeBytes: number): Promise<string | undefined> {
  const file = Deno.readFileSync(path);
  return whyUnsound(file, digest) ?? (file.length <= decodeBytes ? await whyAnother(file, digest) : undefined);
}

async function whySealBroken(file: Deno.FsFile, size: number, digest: string): Promise<string | undefined> {
  const start = sealStart(size, await readAt(file, Math.max(0, size - END_BYTES), END_BYTES));
  if (start === undefined) return whyEndless(size);
  const seal = await readAt(file, start, SEAL_BYTES);
  return whyUnsealed(size, seal, digest) ?? (await hashAll(file, start)).whyUnequal(seal);
}

async function hashAll(file: Deno.FsFile, sealAt: number): Promise<SealHash> {
  const hash = new SealHash(sealAt);
  let [filling, full] = [new Uint8Array(BUFFER_BYTES), new Uint8Array(BUFFER_BYTES)];
  await file.seek(0, Deno.SeekMode.Start);
  for (let reading = file.read(filling);;) {
    const count = await reading;
    if (count === null) return hash;
    [filling, full] = [full, filling];
    reading = file.read(filling);
    hash.update(full.subarray(0, count));
  }
}

async function whyAnother(file: Uint8Array, digest: string): Promise<string | undefined> {
  try {
    const { type, data } = await decodeAnyTable(file);
    const found = digestTable(type, data);
    return found === digest ? undefined : `its content has the digest "${found}"`;
  } catch (error) {
    return `it is not a whole Arrow file of this library (${(error as Error).message})`;
  }
}

async function readAt(file: Deno.FsFile, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  await file.seek(position, Deno.SeekMode.Start);
  for (let read = 0; read < length;) {
    const count = await file.read(bytes.subarray(read));
    if (count === null) return bytes.subarray(0, read);
    read += count;
  }
  return bytes;
}
