/** @file A file of unknown length in the making: it grows under a temporary name, and appears whole or not at all. */
import { asWriteError, discard, publishFile, temporaryName } from "./files.ts";

/** A temporary file, removed when disposed of unless it was published. */
export class Spool implements AsyncDisposable {
  /** Where it lies until then. */
  readonly path: string;
  readonly #file: Deno.FsFile;
  #isOpen = true;
  #published = false;

  private constructor(path: string, file: Deno.FsFile) {
    this.path = path;
    this.#file = file;
  }

  /**
   * Begins a file in the folder for temporary names.
   *
   * @throws StoreWriteError if the disk is full, read-only or not ours.
   */
  static async begin(temporary: string): Promise<Spool> {
    const path = temporaryName(temporary);
    try {
      return new Spool(path, await Deno.open(path, { write: true, createNew: true }));
    } catch (cause) {
      throw asWriteError(path, cause);
    }
  }

  /** Appends bytes, which must not change until this resolves. Throws StoreWriteError if the disk is full. */
  async append(bytes: Uint8Array): Promise<void> {
    try {
      for (let written = 0; written < bytes.length;) written += await this.#file.write(bytes.subarray(written));
    } catch (cause) {
      throw asWriteError(this.path, cause);
    }
  }

  /** Gives the file its name, in place of an earlier file. */
  async publish(path: string): Promise<void> {
    this.#close();
    try {
      this.#published = await publishFile(this.path, path, "replace");
    } catch (cause) {
      throw asWriteError(path, cause);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
    if (!this.#published) await discard(this.path);
  }

  #close(): void {
    if (this.#isOpen) this.#file.close();
    this.#isOpen = false;
  }
}
