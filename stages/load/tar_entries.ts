/** @file Files of a tarball in memory. */
import { Buffer } from "node:buffer";

/**
 * The contents of the files whose last name is one of `names`.
 *
 * @param tarball gzipped or not.
 * @throws RangeError when it is damaged or lacks one of them.
 */
export async function tarEntries(tarball: Uint8Array, names: readonly string[]): Promise<Map<string, Uint8Array>> {
  const { Parser } = await import("tar");
  const found = new Map<string, Uint8Array>();
  await new Promise<void>((resolve, reject) => {
    const parser = new Parser({ strict: true });
    parser.on("entry", (entry) => {
      const name = entry.path.split("/").at(-1)!;
      if (!names.includes(name)) return entry.resume();
      const chunks: Uint8Array[] = [];
      entry.on("data", (chunk: Uint8Array) => chunks.push(chunk));
      entry.on("end", () => found.set(name, joined(chunks)));
    });
    parser.on("end", resolve);
    parser.on("error", reject);
    // A view as Node's Buffer, which the parser asks for.
    parser.end(Buffer.from(tarball.buffer, tarball.byteOffset, tarball.byteLength));
  }).catch((cause) => {
    throw new RangeError(`Cannot unpack the tarball: ${(cause as Error).message}; get the file again`, { cause });
  });
  const missing = names.find((name) => !found.has(name));
  if (missing !== undefined) throw new RangeError(`Cannot find "${missing}" in the tarball; get the file again`);
  return found;
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}
