/**
 * @file pack(): a folder that runs a pipeline where there is no internet, such as a cluster: the program, the `deno` that
 * runs it, and every package that the lock file names for this system, native libraries included. It is copied as it is.
 */
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath as fromFileUrl } from "node:url";
import { RequestError } from "./errors.ts";
import { denoDirectory } from "./launchers/command.ts";
import type { PipelineRequest } from "./request.ts";

/** What was packed. */
export interface Packed {
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
  /** Packages that are there, and those that the lock file names for other systems only. */
  readonly packages: number;
  readonly others: readonly string[];
}

/** Folders of a project that no run needs. */
const LEFT_OUT = new Set(["out", "data", "node_modules", "bench", "docs", "tests", "__pycache__"]);
/** What runs in the folder: links packages into a local folder, where Deno's databases may lie. */
const SCRIPT = `#!/usr/bin/env bash
# Runs the program of this folder without a network: ./engram run pipelines/NAME.ts --launcher slurm …
here=$(cd "$(dirname "\${BASH_SOURCE[0]}")" && pwd)
local="\${ENGRAM_SCRATCH:-\${TMPDIR:-/tmp}}/engram-packed-$(id -u)"
mkdir -p "$local/deno" || exit 1
[ -e "$local/deno/npm" ] || ln -sn "$here/deno/npm" "$local/deno/npm" 2>/dev/null || true
# Another packed folder may have been there before.
[ "$(readlink "$local/deno/npm")" = "$here/deno/npm" ] || ln -sfn "$here/deno/npm" "$local/deno/npm"
export DENO_DIR="$local/deno" DENO_NO_UPDATE_CHECK=1
exec "$here/bin/deno" run -A --cached-only --frozen "$here/project/cli/main.ts" "$@"
`;

/**
 * Packs a pipeline and its program into a folder.
 *
 * @param program URL of the program; the project is the folder above it
 * @throws RequestError where the pipeline is not in the project, the folder holds something, or a package is not cached
 */
export async function pack({ pipeline }: PipelineRequest, folder: string, program: string): Promise<Packed> {
  const project = dirname(dirname(fromFileUrl(program)));
  const path = pipeline.startsWith("file:") ? fromFileUrl(pipeline) : resolve(pipeline);
  if (relative(project, path).startsWith("..")) {
    throw new RequestError(
      `Cannot pack "${pipeline}": it is outside of the project "${project}", and what it imports may be anywhere; ` +
        `move it to "${join(project, "pipelines")}"`,
    );
  }
  await Deno.stat(path).catch(() => {
    throw new RequestError(`Cannot find pipeline "${pipeline}": there is no such file`);
  });
  const target = resolve(folder);
  for await (const _entry of await entriesOf(target)) {
    throw new RequestError(`Cannot pack into "${folder}": it is not empty; name a new folder with --out`);
  }
  const [copy, link] = [new Copy(false), new Copy(true)];
  const keep = (from: string, isFolder: boolean) => {
    const [first = ""] = relative(project, from).split(/[\\\\/]/);
    if (first.startsWith(".") || LEFT_OUT.has(first)) return from === path || isFolder && path.startsWith(`${from}/`);
    return resolve(from) !== target;
  };
  await copy.tree(project, join(target, "project"), keep);
  const { packages, others } = await copyPackages(link, join(project, "deno.lock"), join(target, "deno", "npm"));
  await link.file(Deno.execPath(), join(target, "bin", "deno"));
  await Deno.writeTextFile(join(target, "engram"), SCRIPT, { mode: 0o755 });
  return { folder: target, files: copy.files + link.files, bytes: copy.bytes + link.bytes, packages, others };
}

/** Copies the packages of a lock file out of Deno's cache. Those that are not there must be for other systems. */
async function copyPackages(copy: Copy, lockFile: string, target: string) {
  const lock = JSON.parse(await Deno.readTextFile(lockFile)) as {
    readonly npm: Readonly<Record<string, { readonly os?: unknown; readonly cpu?: unknown }>>;
  };
  const cache = join(await denoDirectory(), "npm");
  const hosts = (await Array.fromAsync(await entriesOf(cache))).filter(({ isDirectory }) => isDirectory);
  const done = new Set<string>();
  const others: string[] = [];
  for (const [spelled, { os, cpu }] of Object.entries(lock.npm)) {
    // "@scope/name@1.2.3_peer@4.5.6": peers change nothing in what is unpacked.
    const [, name, version] = /^(@?[^@]+)@([^_]+)/.exec(spelled)!;
    const id = `${name}@${version}`;
    if (done.has(id) || others.includes(id)) continue;
    let found = false;
    for (const { name: host } of hosts) {
      const from = join(cache, host, name!, version!);
      if (!await isThere(from)) continue;
      await copy.tree(from, join(target, host, name!, version!));
      await copy.file(join(cache, host, name!, "registry.json"), join(target, host, name!, "registry.json"));
      found = true;
    }
    if (found) done.add(id);
    else if (os !== undefined || cpu !== undefined) others.push(id);
    else {throw new RequestError(
        `Cannot pack: package ${id} is not in Deno's cache; run the pipeline here once, then pack`,
      );}
  }
  return { packages: done.size, others };
}

/** Copies files and counts them. */
class Copy {
  files = 0;
  bytes = 0;

  /** @param links whether links will do, where the files lie on one disk */
  constructor(readonly links: boolean) {}

  async file(from: string, to: string): Promise<void> {
    if (await isThere(to)) return;
    await Deno.mkdir(dirname(to), { recursive: true });
    // A link where it can be had: packages are never changed in place, and there are half a gigabyte of them.
    if (!this.links || !await Deno.link(from, to).then(() => true, () => false)) await Deno.copyFile(from, to);
    this.files++;
    this.bytes += (await Deno.stat(to)).size;
  }

  async tree(from: string, to: string, keep: (path: string, isFolder: boolean) => boolean = () => true): Promise<void> {
    for await (const { name, isDirectory, isFile } of await entriesOf(from)) {
      const path = join(from, name);
      if (!keep(path, isDirectory)) continue;
      if (isDirectory) await this.tree(path, join(to, name), keep);
      else if (isFile) await this.file(path, join(to, name));
    }
  }
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** What a folder holds; nothing if it is not there. */
function entriesOf(folder: string): Promise<readonly Deno.DirEntry[]> {
  return Array.fromAsync(Deno.readDir(folder)).catch(() => []);
}
