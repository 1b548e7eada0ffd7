/**
 * @file Gets the files of a published data set: from a folder that has them, otherwise from the first source that
 * answers, which is then kept in the data directory for ever. Whatever the place, contents are the pinned ones.
 */
import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { StageContext } from "../../../dsl/mod.ts";
import { type Found, readFolder } from "./folder.ts";
import { type Attempt, DataUnavailableError, type Files, type PublishedSet, reasonOf, type Source } from "./types.ts";

/** What obtaining needs of a stage's context. */
export type ObtainContext = Pick<StageContext, "dataDirectory" | "signal" | "progress" | "log">;

const FETCH_PREFIX = ".fetch-";
const ONE_DAY = 24 * 60 * 60 * 1000;

/**
 * The files of `set`, verified against their pinned SHA-256.
 *
 * Tried in order: `folder`, the set's folder in the data directory, folders of system packages, then the sources.
 * A damaged file in the data directory is renamed to `….damaged` and fetched again; other folders are never written to.
 *
 * @throws DataUnavailableError when no place has it; the signal's reason when the run is interrupted.
 */
export async function obtain(set: PublishedSet, context: ObtainContext, folder?: string): Promise<Files> {
  const kept = join(context.dataDirectory, set.name);
  const attempts: Attempt[] = [];
  for (const place of [...(folder === undefined ? [] : [folder]), kept, ...set.systemFolders]) {
    const found = await tryFolder(place, set);
    if (found.files !== undefined) return found.files;
    attempts.push({ place: `folder "${place}"`, reason: found.reason });
    if (place === folder) context.log(`${set.title}: cannot use folder "${folder}": ${found.reason}`);
    if (place === kept) await setAside(found.damaged, set, context);
  }
  const failed: Attempt[] = [];
  for (const source of set.sources) {
    context.signal.throwIfAborted();
    try {
      const files = await fetchAndKeep(set, source, kept, context);
      context.log(`${set.title}: fetched from ${source.title}, kept in "${kept}"${otherwise(failed)}`);
      return files;
    } catch (error) {
      context.signal.throwIfAborted();
      failed.push({ place: source.title, reason: reasonOf(error) });
    }
  }
  throw new DataUnavailableError(set.title, [...attempts, ...failed], set.remedy.replaceAll("{folder}", `"${kept}"`));
}

async function tryFolder(place: string, set: PublishedSet): Promise<Found> {
  try {
    return await readFolder(place, set.files, set.subfolders);
  } catch (error) {
    return { reason: reasonOf(error), damaged: [], missing: set.files.length };
  }
}

function otherwise(failed: readonly Attempt[]): string {
  if (failed.length === 0) return "";
  return ` (tried before: ${failed.map(({ place, reason }) => `${place}: ${reason}`).join("; ")})`;
}

async function setAside(damaged: readonly string[], set: PublishedSet, context: ObtainContext): Promise<void> {
  for (const path of damaged) {
    context.log(`${set.title}: "${path}" is damaged; set aside as "${basename(path)}.damaged" and fetched again`);
    // Another process may have set it aside a moment ago.
    await rename(path, `${path}.damaged`).catch(() => {});
  }
}

/**
 * Fetches into a folder of its own, verifies, and renames into place: a kill at any instant leaves no half file, and
 * two processes that fetch at once put the same contents into place twice.
 */
async function fetchAndKeep(set: PublishedSet, source: Source, kept: string, context: ObtainContext): Promise<Files> {
  await mkdir(kept, { recursive: true });
  await removeLeftovers(kept);
  const folder = await mkdtemp(join(kept, FETCH_PREFIX));
  try {
    await source.fetch({ folder, signal: context.signal, progress: (progress) => context.progress(progress) });
    const found = await readFolder(folder, set.files);
    if (found.files === undefined) throw new Error(`What it sent is not the data set: ${found.reason}`);
    context.signal.throwIfAborted();
    for (const { name } of set.files) await rename(join(folder, name), join(kept, name));
    return found.files;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes what killed fetches left behind; younger folders may belong to a process that is fetching right now. */
async function removeLeftovers(kept: string): Promise<void> {
  for (const name of await readdir(kept)) {
    if (!name.startsWith(FETCH_PREFIX)) continue;
    const path = join(kept, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > ONE_DAY) await rm(path, { recursive: true, force: true });
  }
}
