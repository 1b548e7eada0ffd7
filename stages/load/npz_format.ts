/** @file Arrays out of an npz file: a zip archive of npy files. */
import { didYouMean } from "../../dsl/mod.ts";
import { type NpyArray, parseNpy } from "./npy_format.ts";

/**
 * The arrays of these keys.
 *
 * @param name for messages.
 * @throws TypeError when it is no zip archive. RangeError when it is damaged or lacks a key.
 */
export async function npzArrays(
  bytes: Uint8Array,
  keys: readonly string[],
  name: string,
): Promise<Map<string, NpyArray>> {
  const { unzipSync } = await import("fflate");
  const wanted = new Set(keys);
  const there: string[] = [];
  let files: Record<string, Uint8Array>;
  if (!isZip(bytes)) {
    throw new TypeError(`Cannot read "${name}": it is not an npz file; save the arrays by numpy.savez`);
  }
  try {
    files = unzipSync(bytes, {
      filter({ name }) {
        const key = name.replace(/\.npy$/, "");
        there.push(key);
        return wanted.has(key);
      },
    });
  } catch (cause) {
    const why = (cause as Error).message;
    throw new RangeError(`Cannot read "${name}": it is cut off or damaged (${why}); get the file again`, { cause });
  }
  return new Map(keys.map((key) => {
    const file = files[`${key}.npy`] ?? files[key];
    if (file === undefined) throw new RangeError(`Cannot find array "${key}" in "${name}"; ${didYouMean(key, there)}`);
    return [key, parseNpy(file, `${name}/${key}.npy`)];
  }));
}

/** Whether bytes begin as a zip archive does. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}
