/** @file A source that downloads files by URL, each with a pinned SHA-256. */
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { FetchJob, Source } from "./types.ts";

/** A file to download. */
export interface Download {
  readonly url: string;
  readonly bytes: number;
  /** SHA-256 of the file as it is sent, hexadecimal. */
  readonly sha256: string;
}

/** What {@link fromUrls} is told. */
export interface UrlSource {
  readonly title: string;
  readonly downloads: readonly Download[];
  /** Makes the data set's files of the downloaded ones, which have the last part of their URL as name. */
  readonly unpack: (paths: readonly string[], job: FetchJob) => Promise<void>;
  /** How long the server may be silent, in milliseconds: before it answers, and between two chunks. */
  readonly patience?: { readonly answer: number; readonly chunk: number };
}

/** Offline machines must come to the next source quickly; a slow line must not be given up. */
const PATIENCE = { answer: 5_000, chunk: 30_000 };

/** A source made of downloads. It fails on the first that does not answer in time or has other contents than pinned. */
export function fromUrls({ title, downloads, unpack, patience = PATIENCE }: UrlSource): Source {
  return {
    title,
    async fetch(job) {
      const total = downloads.reduce((sum, { bytes }) => sum + bytes, 0);
      const paths: string[] = [];
      let before = 0;
      for (const download of downloads) {
        const path = join(job.folder, new URL(download.url).pathname.split("/").at(-1)!);
        await save(download, path, patience, job, (done) => {
          job.progress({ done: before + done, total, unit: "bytes" });
        });
        before += download.bytes;
        paths.push(path);
      }
      await unpack(paths, job);
    },
  };
}

async function save(
  { url, bytes, sha256 }: Download,
  path: string,
  patience: { readonly answer: number; readonly chunk: number },
  job: FetchJob,
  progress: (done: number) => void,
): Promise<void> {
  const silence = new AbortController();
  function allow(ms: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => silence.abort(new Error(`No answer for ${ms / 1000} s`)), ms);
  }
  let timer = allow(patience.answer);
  const file = await open(path, "w");
  try {
    const response = await fetch(url, { signal: AbortSignal.any([job.signal, silence.signal]) });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`HTTP status ${response.status}`);
    }
    const hash = createHash("sha256");
    let done = 0;
    for await (const chunk of response.body ?? []) {
      clearTimeout(timer);
      timer = allow(patience.chunk);
      done += chunk.length;
      if (done > bytes) throw new Error(`It sent more than the ${bytes} bytes of the pinned file`);
      hash.update(chunk);
      await file.writeFile(chunk);
      progress(done);
    }
    const found = hash.digest("hex");
    if (found !== sha256) throw new Error(`It sent ${done} bytes with SHA-256 ${found}, not ${bytes} with ${sha256}`);
  } finally {
    clearTimeout(timer);
    await file.close();
  }
}
