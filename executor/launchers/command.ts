/** @file The command that is a worker: as words, and as a script for machines with a scheduler, modules and local disks. */
import { dirname, join, resolve } from "node:path";
import { fileURLToPath as fromFileUrl } from "node:url";
import type { Order } from "./launcher.ts";

/** The words of a worker's command. */
export function workerWords({ pool, cache, crew, program, site }: Order): string[] {
  const grace = site.grace ?? (site.notice && Math.floor(site.notice / 2));
  return [
    ...[site.deno ?? Deno.execPath(), "run", "-A", "--cached-only", fromFileUrl(program)],
    ...["worker", "--pool", pool, "--cache", cache],
    ...(crew === "any" ? [] : ["--crew", crew]),
    ...(site.idle === undefined ? [] : ["--idle", `${site.idle}s`]),
    ...(grace === undefined ? [] : ["--grace", `${grace}s`]),
  ];
}

/** Text as one word of a shell. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A worker's command for a shell. */
export function workerLine(order: Order): string {
  return `cd ${quoted(projectOf(order))} && ${workerWords(order).map(quoted).join(" ")}`;
}

/** The folder of the program, where `deno.json` lies. */
export function projectOf({ program }: Order): string {
  return dirname(dirname(fromFileUrl(program)));
}

/** What the script asks its scheduler for, where it has one. */
export interface Ending {
  /** A command that puts the worker back into the queue, when its time is up. */
  readonly requeue?: string;
}

/**
 * A script that runs a worker and passes signals on: schedulers send them to the script. Deno's cache and temporary files
 * are on a disk of the machine, as Deno's databases do not work on network disks; packages are only read, where they are.
 *
 * @param denoDirectory whose packages are read
 */
export function workerScript(order: Order, denoDirectory: string, { requeue }: Ending = {}): string {
  const { site, size } = order;
  const spread = Math.min(60, Math.ceil(size / 16));
  return `#!/usr/bin/env bash
# A worker of pool ${order.pool}; written by "run --launcher", for people to read and schedulers to run.
set -u
${(site.modules ?? []).map((module) => `module load ${quoted(module)}\n`).join("")}${
    (site.setup ?? []).map((line) => `${line}\n`).join("")
  }
scratch="${site.scratch ?? "${SLURM_TMPDIR:-${TMPDIR:-/tmp}}"}"
local="$scratch/engram-$(id -u)"
if mkdir -p "$local/tmp" "$local/deno" 2>/dev/null && [ -w "$local/deno" ]; then
  export TMPDIR="$local/tmp" DENO_DIR="$local/deno"
  # -n: of several workers that begin at once, a second must not make a link within what the first linked to.
  [ -e "$DENO_DIR/npm" ] || ln -sn ${quoted(denoDirectory)}/npm "$DENO_DIR/npm" 2>/dev/null || true
else
  echo "Cannot use the scratch folder $scratch: the worker goes on without it" >&2
  export DENO_DIR=${quoted(denoDirectory)}
fi
export DENO_NO_UPDATE_CHECK=1 NO_COLOR=1

cd ${quoted(projectOf(order))} || exit 1
${workerWords(order).map(quoted).join(" ")} &
worker=$!
limit=
# Not USR1: before a worker listens, Deno would take that for a wish to debug it; USR2 ends it, and nothing is lost then.
trap 'limit=1; kill -USR2 "$worker" 2>/dev/null' USR1
trap 'limit=; kill -TERM "$worker" 2>/dev/null' TERM INT
code=0
wait "$worker" || code=$?
while kill -0 "$worker" 2>/dev/null; do # a signal ended the waiting, not the worker
  code=0
  wait "$worker" || code=$?
done
${
    requeue === undefined
      ? ""
      : `if [ -n "$limit" ] && { [ "$code" = 0 ] || [ "$code" = 140 ]; }; then # the time was up, not the work
  sleep $((RANDOM % ${spread}))
  ${requeue}
  code=0
fi
`
  }exit "$code"
`;
}

/** Where this process's Deno keeps its packages: the folder itself, where a worker's local one only leads to it. */
export async function denoDirectory(): Promise<string> {
  const directory = Deno.env.get("DENO_DIR") || await usualDirectory();
  return await Deno.realPath(join(directory, "npm")).then(dirname, () => resolve(directory));
}

async function usualDirectory(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"], stderr: "null" }).output();
  return (JSON.parse(new TextDecoder().decode(stdout)) as { denoDir: string }).denoDir;
}
