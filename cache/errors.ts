/** @file What can go wrong with a store, as errors that carry what a program may want to know about it. */

/** The directory can not serve as a store: it is a file, not writable, or of a newer version. */
export class StoreOpenError extends Error {
  override readonly name = "StoreOpenError";
  constructor(readonly directory: string, reason: string, options?: ErrorOptions) {
    super(`Cannot open the store "${directory}": ${reason}`, options);
  }
}

/** An object that was asked for is not in the store. */
export class MissingObjectError extends Error {
  override readonly name = "MissingObjectError";
  constructor(readonly digest: string, readonly path: string) {
    super(`Cannot find object "${digest}" in the store: run its stage again to make it`);
  }
}

/**
 * An object's file did not hold what its name says. It was moved to `setAside`, so the next run makes it again; in a
 * store that can only be read, it is left where it is, and `setAside` is undefined.
 */
export class DamagedObjectError extends Error {
  override readonly name = "DamagedObjectError";
  constructor(
    readonly digest: string,
    readonly path: string,
    readonly setAside: string | undefined,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(
      `Cannot read object "${path}": ${reason}; ` +
        (setAside === undefined
          ? "the store can only be read: choose another, and run its stage again to make it there"
          : `it was moved to "${setAside}": run its stage again to make it, and check the disk if this happens again`),
      options,
    );
  }
}

/** A file could not be written: the disk is full, read-only, or not ours. Nothing partial is left behind. */
export class StoreWriteError extends Error {
  override readonly name = "StoreWriteError";
  constructor(readonly path: string, readonly code: string, options?: ErrorOptions) {
    const { reason, remedy } = CAUSES[code] ?? { reason: `the system says ${code}`, remedy: "check the disk" };
    super(`Cannot write "${path}": ${reason}; nothing partial was left, ${remedy}`, options);
  }
}

const CAUSES: Readonly<Record<string, { reason: string; remedy: string }>> = {
  ENOSPC: { reason: "the disk is full", remedy: "free some space or choose a store on another disk, then run again" },
  EDQUOT: { reason: "your disk quota is used up", remedy: "free some space or ask for more, then run again" },
  EROFS: { reason: "the file system is read-only", remedy: "choose a store on a disk that can be written" },
  EACCES: { reason: "permission was denied", remedy: "make the store's folder writable for your user" },
  ENOTDIR: { reason: "a file is where a folder should be", remedy: "move that file away" },
  EPERM: { reason: "the operation is not permitted", remedy: "make the store's folder writable for your user" },
};
