/**
 * @file What there is, by the names of files alone: which of many keys have records, and which keys are leased. Whoever
 * follows ten thousand branches that others compute reads 256 folders instead of asking for each file.
 */
import { lstat, open, readdir } from "node:fs/promises";
import { dirname } from "node:path";
import { atOnce } from "./at_once.ts";
import { codeOf } from "./files.ts";
import { Layout } from "./layout.ts";

/** Folders read at once. */
const AT_ONCE = 8;

/** Up to so many keys of a folder are asked for one by one: it may hold thousands of others. */
const FEW = 2;

/** NFS says the second of what another machine removed while this one looked. */
const ABSENT = new Set(["ENOENT", "ESTALE"]);

/** Lists names in a store. */
export class Listing {
  readonly #layout: Layout;

  /** @param directory the store's folder */
  constructor(directory: string) {
    this.#layout = new Layout(directory);
  }

  /** Those of `wanted` that have a record; whether its objects are there is not asked. */
  async records(wanted: ReadonlySet<string>): Promise<string[]> {
    const folders = new Map<string, string[]>();
    for (const key of wanted) {
      const folder = dirname(this.#layout.record(key));
      const keys = folders.get(folder);
      if (keys === undefined) folders.set(folder, [key]);
      else keys.push(key);
    }
    const found: string[] = [];
    await atOnce(AT_ONCE, folders, async ([folder, keys]) => {
      if (keys.length <= FEW) {
        // Opening the folder makes NFS look again for what was absent; see claims.ts.
        await open(folder).then((file) => file.close(), () => {});
        for (const key of keys) if (await this.writtenMs(key) !== undefined) found.push(key);
        return;
      }
      for (const name of await namesOf(folder)) {
        const key = name.slice(0, 64);
        if (wanted.has(key) && name === `${key}.json`) found.push(key);
      }
    });
    return found;
  }

  /** When the record of a key was written, in milliseconds by the clock of the disk; undefined if there is none. */
  async writtenMs(key: string): Promise<number | undefined> {
    try {
      return (await lstat(this.#layout.record(key))).mtimeMs;
    } catch (error) {
      if (ABSENT.has(codeOf(error) ?? "")) return undefined;
      throw error;
    }
  }

  /** The keys that somebody has leased, alive or not. */
  async leases(): Promise<ReadonlySet<string>> {
    return new Set((await namesOf(this.#layout.leases)).filter((name) => name.length === 64));
  }
}

async function namesOf(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (ABSENT.has(codeOf(error) ?? "")) return [];
    throw error;
  }
}
