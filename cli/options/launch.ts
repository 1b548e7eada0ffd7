/** @file Options that say who runs the branches: this process, or workers here or on a cluster. */
import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { didYouMean } from "../../dsl/nearest.ts";
import type { LaunchOptions } from "../../executor/cluster/across.ts";
import type { Profile } from "../../executor/launchers/profile.ts";
import { messageOf, UsageError } from "../errors.ts";
import type { Shell } from "../shell.ts";
import { positiveInteger } from "./execution.ts";

const launchers = ["slurm", "local", "none"] as const;

/** The name of a launcher. */
export type LauncherName = typeof launchers[number];

/** `--launcher NAME`. */
export function launcherOption() {
  return new Option("--launcher <name>", `have workers run it: ${launchers.join(", ")} (default: this process runs it)`)
    .argParser((name: string): LauncherName => {
      const found = launchers.find((known) => known === name);
      if (found !== undefined) return found;
      throw new InvalidArgumentError(didYouMean(name, launchers));
    });
}

/** `--workers N`. */
export function workersOption() {
  return new Option("--workers <n>", "how many workers (with --launcher; default: 1)").argParser(positiveInteger);
}

/** `--profile FILE`. */
export function profileOption() {
  return new Option("--profile <file>", "YAML file of a site's settings (docs/guides/cluster.md)");
}

/** `--partition`, `--account`, `--gres`, `--time`, `--module`, `--scratch`: what a profile says, for one run. */
export function siteOptions() {
  return {
    partition: new Option("--partition <name>", "Slurm's partition"),
    account: new Option("--account <name>", "Slurm's account"),
    gres: new Option("--gres <list>", "generic resources of each worker, such as gpu:1"),
    time: new Option("--time <limit>", "time limit of each worker, such as 04:00:00"),
    module: new Option("--module <name>", "environment module to load first (repeatable)").argParser(
      (name: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), name],
    ),
    scratch: new Option("--scratch <dir>", "folder on a local disk of the machines that compute"),
  };
}

/** What the options above are parsed into. */
export interface LaunchFlags {
  readonly launcher?: LauncherName | undefined;
  readonly workers?: number | undefined;
  readonly profile?: string | undefined;
  readonly partition?: string | undefined;
  readonly account?: string | undefined;
  readonly gres?: string | undefined;
  readonly time?: string | undefined;
  readonly module?: readonly string[] | undefined;
  readonly scratch?: string | undefined;
}

/**
 * How workers are to be launched: the profile, with the flags over it; undefined where this process is to run everything.
 *
 * @throws UsageError when flags say something of workers and nothing launches any, or the profile cannot be read
 */
export async function launchOptions(
  flags: LaunchFlags,
  shell: Pick<Shell, "program">,
): Promise<LaunchOptions | undefined> {
  const { launcher: asked, profile: path, module, ...given } = flags;
  const profile = path === undefined ? {} : await readProfile(path);
  const launcher = asked ?? profile.launcher;
  const { workers, partition, account, gres, time, scratch } = given;
  const site = { workers, partition, account, gres, time, scratch, modules: module && [...module] };
  const said = Object.entries(site).filter(([, value]) => value !== undefined);
  if (launcher === undefined) {
    if (said.length === 0 && path === undefined) return undefined;
    const what = path === undefined ? `--${said[0]![0].replace("modules", "module")}` : "--profile";
    throw new UsageError(
      `Cannot use ${what} without workers: say who launches them, with --launcher slurm, local or none`,
    );
  }
  return { launcher, profile: { ...profile, ...Object.fromEntries(said) }, program: shell.program };
}

async function readProfile(path: string): Promise<Profile> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    const cause = error instanceof Deno.errors.NotFound ? "there is no such file" : messageOf(error);
    throw new UsageError(`Cannot read --profile "${path}": ${cause}`);
  }
  const [{ parse }, { asProfile }] = await Promise.all([import("yaml"), import("../../executor/launchers/profile.ts")]);
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new UsageError(`Cannot read --profile "${path}": ${messageOf(error).split("\n")[0]}`);
  }
  return asProfile(value, path);
}
