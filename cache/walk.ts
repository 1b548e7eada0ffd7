/** @file All files of a store, shard by shard: a folder with a million entries is never held as one list. */
import { join } from "node:path";

/** A file in a shard of `objects/`, `records/` or a space of `notes/`. */
export interface Entry {
  readonly path: string;
  /** The file's name without its extension: a digest or a key. */
  readonly name: string;
}

/** What lies in a folder of shards. */
export interface Walked extends Entry {
  /** Whether the store could have put it there: the right extension, in the shard of its name. */
  readonly ours: boolean;
}

/** Visits the files in the shards of a folder, in no order; a folder that is not there is empty. */
export async function* walk(folder: string, extension: string): AsyncGenerator<Walked, void, void> {
  for (const shard of await namesIn(folder)) {
    for (const file of await namesIn(join(folder, shard))) {
      const name = file.endsWith(extension) ? file.slice(0, -extension.length) : file;
      yield { path: join(folder, shard, file), name, ours: name !== file && name.slice(0, 2) === shard };
    }
  }
}

/** Names in a folder; none if it is not there, or no folder. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return [];
    throw error;
  }
}
