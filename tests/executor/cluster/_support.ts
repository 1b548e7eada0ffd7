/** @file Runs on workers, as processes: the command line, fakes of Slurm's commands, and what is left behind. */
import { join } from "node:path";
import { fileURLToPath as fromFileUrl } from "node:url";
import type { PoolReport } from "../../../executor/cluster/report.ts";
import type { Report } from "../../../executor/mod.ts";
import { tally, until } from "../_stress.ts";

export const repository = fromFileUrl(new URL("../../../", import.meta.url));
const main = join(repository, "cli/main.ts");

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly report: Report | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that was started. */
export interface Started {
  readonly child: Deno.ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts the program. */
export function engram(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", main, ...args],
    cwd: repository,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const ended = child.output().then(({ code, stdout, stderr }): Ended => {
    const text = new TextDecoder().decode(stdout);
    let report: Report | undefined;
    try {
      report = JSON.parse(text) as Report;
    } catch {
      report = undefined; // killed, or not asked for
    }
    return { code, report, stdout: text, stderr: new TextDecoder().decode(stderr) };
  });
  return { child, ended };
}

/** Starts `run --launcher …` of the counting pipeline, or another. */
export function launch(
  folder: string,
  words: readonly string[],
  params: Readonly<Record<string, unknown>> = {},
  env: Readonly<Record<string, string>> = {},
  pipeline = tally,
): Started {
  const set = Object.entries(params).flatMap(([name, value]) => ["--set", `${name}=${JSON.stringify(value)}`]);
  const folders = ["--cache", join(folder, "cache"), "--out", join(folder, "out"), "--data", join(folder, "data")];
  return engram(["run", pipeline, "--no-check", "--json", ...folders, ...set, ...words], env);
}

/** The pools of the counting pipeline, as `workers` tells them. */
export async function pools(
  folder: string,
  words: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  pipeline = tally,
): Promise<PoolReport[]> {
  const { stdout, stderr } = await engram(
    ["workers", pipeline, "--json", "--cache", join(folder, "cache"), ...words],
    env,
  ).ended;
  try {
    return JSON.parse(stdout) as PoolReport[];
  } catch {
    throw new Error(`No document: ${stderr}`);
  }
}

/** Writes programs into a folder and gives the PATH on which they come first. */
export async function programs(folder: string, scripts: Readonly<Record<string, string>>): Promise<string> {
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, script] of Object.entries(scripts)) {
    await Deno.writeTextFile(join(folder, name), `#!/usr/bin/env bash\n${script}\n`, { mode: 0o755 });
  }
  return `${folder}:${Deno.env.get("PATH")}`;
}

/** Waits for something that processes have to start for, on a machine that may be busy; throws after minutes. */
export async function eventually(what: string, isTrue: () => Promise<boolean> | boolean): Promise<void> {
  await until(what, isTrue, 120_000);
}

/** Resolves after some milliseconds. */
export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** All logs of a store's pools. */
export async function logsOf(folder: string): Promise<string> {
  let text = "";
  const root = join(folder, "cache/pools");
  for await (const pool of Deno.readDir(root)) {
    for await (const { name } of Deno.readDir(join(root, pool.name))) {
      if (name.endsWith(".log")) text += `--- ${name}\n${await Deno.readTextFile(join(root, pool.name, name))}`;
    }
  }
  return text;
}
