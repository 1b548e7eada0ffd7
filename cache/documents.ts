/** @file Small sealed JSON files: records, created once, and notes, which may be overwritten. */
import { codeOf, readTextIfThere } from "./files.ts";
import type { Publisher, Warn } from "./publisher.ts";
import { seal, unseal } from "./sealed_json.ts";
import { walk } from "./walk.ts";

/** Reads and writes sealed files in a store. */
export class Documents {
  readonly #publisher: Publisher;
  readonly #warn: Warn;

  constructor(publisher: Publisher, warn: Warn) {
    this.#publisher = publisher;
    this.#warn = warn;
  }

  /** The value at `path`, as `parse` makes it; a damaged file is set aside with a warning, and reads as absent. */
  async read<T>(path: string, parse: (value: unknown) => T): Promise<T | undefined> {
    try {
      const text = await readTextIfThere(path);
      return text === undefined ? undefined : parse(unseal(text));
    } catch (error) {
      if (isSystemError(error)) throw error;
      const setAside = await this.#publisher.setAside(path);
      const where = setAside === undefined ? "" : ` (moved to "${setAside}")`;
      this.#warn(`Cannot read "${path}", so it counts as absent${where}: ${(error as Error).message}`);
      return undefined;
    }
  }

  /** Writes a value; returns whether it was written. */
  write(path: string, value: unknown, options: Parameters<Publisher["write"]>[2]): Promise<boolean> {
    return this.#publisher.write(path, [seal(value)], options);
  }

  /** Names of the files under a folder and its shards, sorted, without their extension. */
  async list(folder: string, reverse = false): Promise<readonly string[]> {
    const names: string[] = [];
    for await (const { name, ours } of walk(folder, ".json")) if (ours) names.push(name);
    names.sort();
    return reverse ? names.reverse() : names;
  }
}

/** Whether the system could not read; where a folder is in a file's place, it could, and the file is not ours. */
function isSystemError(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && code !== "EISDIR";
}
