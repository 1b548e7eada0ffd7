/** @file Options that say which server results are shared through, and whose results are believed. */
import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import envPaths from "env-paths";
import { join, resolve } from "node:path";
import { didYouMean } from "../../dsl/nearest.ts";
import type { RemoteOptions, Trust } from "../../executor/request.ts";
import { UsageError } from "../errors.ts";
import type { Shell } from "../shell.ts";

const trusts: readonly Trust[] = ["own", "signed", "all"];

/** `--remote`, `--remote-read-only`, `--remote-auth`, `--remote-trust`, `--remote-key`, `--remote-objects`. */
export function remoteOptions() {
  return {
    url: new Option(
      "--remote <url>",
      "server that results are shared through (docs/guides/remote.md; or ENGRAM_REMOTE)",
    ),
    readOnly: new Option("--remote-read-only", "take results from it, send none (or ENGRAM_REMOTE_READ_ONLY=1)"),
    auth: new Option("--remote-auth <file>", "file with a bearer token or user:password (or ENGRAM_REMOTE_AUTH)"),
    trust: new Option(
      "--remote-trust <whose>",
      "whose results are believed: own, signed (own and those of --remote-key), all (default: signed)",
    ).argParser(asTrust),
    key: new Option(
      "--remote-key <file>",
      "PEM file of a key: public to believe, private to sign with (repeatable; or ENGRAM_REMOTE_KEY)",
    ).argParser((file: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), file]),
    objects: new Option("--remote-objects <which>", "take objects that are needed, or all of each result")
      .choices(["needed", "all"] as const),
  };
}

/** What the options above are parsed into. */
export interface RemoteFlags {
  readonly remote?: string | undefined;
  readonly remoteReadOnly?: true | undefined;
  readonly remoteAuth?: string | undefined;
  readonly remoteTrust?: Trust | undefined;
  readonly remoteKey?: readonly string[] | undefined;
  readonly remoteObjects?: "needed" | "all" | undefined;
}

/**
 * The server that the flags and the environment name; undefined where they name none. Paths are absolute, as workers may
 * start elsewhere.
 *
 * @throws UsageError where a flag says something of a server and none is named.
 */
export function remoteOf(flags: RemoteFlags, { env }: Pick<Shell, "env">): RemoteOptions | undefined {
  const url = flags.remote ?? env("ENGRAM_REMOTE");
  if (url === undefined) {
    const names = ["remoteReadOnly", "remoteAuth", "remoteTrust", "remoteKey", "remoteObjects"] as const;
    const said = names.find((name) => flags[name] !== undefined);
    if (said === undefined) return undefined;
    const flag = `--${said.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw new UsageError(`Cannot use ${flag} without a server: name it with --remote, or in ENGRAM_REMOTE`);
  }
  const auth = flags.remoteAuth ?? env("ENGRAM_REMOTE_AUTH");
  const keys = flags.remoteKey ?? env("ENGRAM_REMOTE_KEY")?.split(/[,\n]/).map((file) => file.trim());
  const trust = flags.remoteTrust ?? env("ENGRAM_REMOTE_TRUST");
  return {
    url,
    readOnly: flags.remoteReadOnly ?? isYes(env("ENGRAM_REMOTE_READ_ONLY")),
    authFile: auth && resolve(auth),
    trust: trust === undefined ? undefined : trustIn(trust),
    keyFiles: keys?.filter((file) => file !== "").map((file) => resolve(file)),
    ownKeyFile: join(envPaths("engram", { suffix: "" }).config, "remote-key.pem"),
    objects: flags.remoteObjects,
  };
}

/** The same for what only looks: nothing is sent, and no key is made for it. */
export function readOnlyOf(flags: RemoteFlags, shell: Pick<Shell, "env">): RemoteOptions | undefined {
  const options = remoteOf(flags, shell);
  return options && { ...options, readOnly: true };
}

function asTrust(text: string): Trust {
  const found = trusts.find((trust) => trust === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(didYouMean(text, trusts));
}

function trustIn(text: string): Trust {
  const found = trusts.find((trust) => trust === text);
  if (found !== undefined) return found;
  throw new UsageError(`Cannot use ENGRAM_REMOTE_TRUST "${text}": ${didYouMean(text, trusts)}`);
}

function isYes(text: string | undefined): boolean {
  return text !== undefined && !["", "0", "false", "no"].includes(text.toLowerCase());
}
