/** @file Objects: tables as files named by their logical digest. Present means published whole; reading checks it. */
import { statSync } from "node:fs";
import { decodeAnyTable, encodeTable } from "./codec.ts";
import { digestTable } from "./digest.ts";
import { DamagedObjectError, MissingObjectError } from "./errors.ts";
import { moveAside, writeAtomically } from "./files.ts";
import type { Layout } from "./layout.ts";
import { checkTable, describeType, type TableData, type TableType } from "./table.ts";

/** An Arrow file's first and last bytes. */
const MAGIC = "ARROW1";

/** A table in the store. */
export interface StoredTable {
  /** Logical digest, the name of the object. */
  readonly digest: string;
  /** Size of the file. */
  readonly bytes: number;
  readonly rows: number;
}

/** The `objects/` of a store. */
export class Objects {
  readonly #layout: Layout;
  /** Files whose digest this process has checked, by digest: size, inode and time of change when it did. */
  readonly #checked = new Map<string, string>();

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** Publishes a table, unless a sound object of its digest is there. */
  async write(type: TableType, data: TableData): Promise<StoredTable> {
    const rows = checkTable(type, data);
    const digest = digestTable(type, data);
    const path = this.#layout.object(digest);
    if (await this.#isSound(digest)) return { digest, rows, bytes: (await Deno.stat(path)).size };
    const content = await encodeTable(type, data);
    await writeAtomically(this.#layout.temporary, path, content, { flush: true, existing: "replace" });
    this.#remember(digest, path);
    return { digest, rows, bytes: content.length };
  }

  /** Reads a table of a type. */
  async read(type: TableType, digest: string): Promise<TableData> {
    const found = await this.readAny(digest);
    const [expected, actual] = [type, found.type].map(describeType);
    if (expected !== actual) {
      throw new TypeError(`Cannot read object "${digest}" as ${expected}: it is a sound table of type ${actual}`);
    }
    return found.data;
  }

  /** Reads a table of whatever type; the object says which. */
  async readAny(digest: string): Promise<{ type: TableType; data: TableData }> {
    const path = this.#layout.object(digest);
    const before = fingerprint(path);
    const bytes = await readBytes(path);
    if (bytes === undefined || before === undefined) throw new MissingObjectError(digest, path);
    if (bytes.length === 0) throw await this.#damaged(digest, "the file is empty");
    let table: { type: TableType; data: TableData };
    try {
      table = await decodeAnyTable(bytes);
      checkTable(table.type, table.data);
    } catch (cause) {
      throw await this.#damaged(digest, "it is not a whole Arrow file of this library", { cause });
    }
    if (this.#checked.get(digest) !== before) {
      const found = digestTable(table.type, table.data);
      if (found !== digest) throw await this.#damaged(digest, `its content has the digest "${found}"`);
      this.#checked.set(digest, before);
    }
    return table;
  }

  /** Whether an object is there in full length: the file begins and ends as Arrow files do. */
  async has(digest: string): Promise<boolean> {
    const path = this.#layout.object(digest);
    if (this.#checked.has(digest) && this.#checked.get(digest) === fingerprint(path)) return true;
    try {
      using file = await Deno.open(path);
      const { size } = await file.stat();
      if (size < 2 * MAGIC.length) return false;
      const ends = new Uint8Array(2 * MAGIC.length);
      file.readSync(ends.subarray(0, MAGIC.length));
      file.seekSync(-MAGIC.length, Deno.SeekMode.End);
      file.readSync(ends.subarray(MAGIC.length));
      return new TextDecoder().decode(ends) === MAGIC + MAGIC;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  }

  /** A writer holds the data, so it can afford to look closely: keeping a damaged object would waste its work. */
  async #isSound(digest: string): Promise<boolean> {
    const path = this.#layout.object(digest);
    const present = fingerprint(path);
    if (present === undefined) return false;
    if (this.#checked.get(digest) === present) return true;
    try {
      await this.readAny(digest);
      return true;
    } catch (error) {
      if (error instanceof DamagedObjectError || error instanceof MissingObjectError) return false;
      throw error;
    }
  }

  #remember(digest: string, path: string): void {
    const seen = fingerprint(path);
    if (seen !== undefined) this.#checked.set(digest, seen);
  }

  async #damaged(digest: string, reason: string, options?: ErrorOptions): Promise<DamagedObjectError> {
    const path = this.#layout.object(digest);
    this.#checked.delete(digest);
    const setAside = await moveAside(path, this.#layout.damaged);
    return new DamagedObjectError(digest, path, setAside, reason, options);
  }
}

/** Changes whenever a file does, as far as a file system can tell; undefined if there is no file. */
function fingerprint(path: string): string | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat && `${stat.size} ${stat.ino} ${stat.mtimeNs}`;
}

async function readBytes(path: string): Promise<Uint8Array | undefined> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
