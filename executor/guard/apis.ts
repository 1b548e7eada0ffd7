/**
 * @file Which built-in names read what keys cannot see. What is not known to be harmless is refused, so that an API of
 * a later Deno is caught as well.
 */
import type { Cause } from "./causes.ts";

/** Members of `Deno` that tell nothing of the machine. */
const HARMLESS_DENO = new Set([
  "internal",
  "errors",
  "inspect",
  "SeekMode",
  "stdout",
  "stderr",
  "test",
  "bench",
  "lint",
]);
const DENO_NETWORK =
  /^(connect|listen|startTls|serve|resolveDns|upgrade|createHttpClient|HttpClient|Quic|WebTransport)/i;
const DENO_FILES = new RegExp(
  "^(read|write|open|create|stat|lstat|realPath|mkdir|makeTemp|remove$|removeSync|rename|copyFile|truncate|watchFs|" +
    "symlink|link|chmod|chown|utime|umask|FsFile|Kv)",
);

/** What a member of `Deno` reads; undefined where it tells nothing of the machine. */
export function causeOfDeno(name: string): Cause | undefined {
  if (HARMLESS_DENO.has(name)) return undefined;
  return DENO_NETWORK.test(name) ? "network" : DENO_FILES.test(name) ? "files" : "environment";
}

/** Node's modules that only compute. */
const COMPUTING = new Set([
  ..."assert assert/strict async_hooks buffer constants crypto events path path/posix path/win32 punycode".split(" "),
  ..."querystring stream stream/promises stream/web string_decoder timers timers/promises url util util/types zlib"
    .split(" "),
]);
const NODE_FILES = /^(fs|sqlite)/;
const NODE_NETWORK = /^(net|http|https|http2|tls|dgram|dns)(\/|$)/;

/** Members of node:crypto that draw random numbers. */
export const NODE_RANDOM: readonly string[] = [
  ..."randomBytes randomFill randomFillSync randomInt randomUUID randomUUIDv7 getRandomValues webcrypto".split(" "),
  ..."pseudoRandomBytes prng rng".split(" "),
  ..."generateKey generateKeySync generateKeyPair generateKeyPairSync generatePrime generatePrimeSync".split(" "),
];

/**
 * What an import of a built-in module reads: `name` is the imported one, null for all of them. Undefined where it only
 * computes.
 */
export function causeOfBuiltIn(specifier: string, name: string | null): Cause | undefined {
  const module = specifier.replace(/^node:/, "");
  if (module === "crypto") return name === null || NODE_RANDOM.includes(name) ? "randomness" : undefined;
  if (COMPUTING.has(module)) return undefined;
  if (NODE_FILES.test(module)) return "files";
  if (NODE_NETWORK.test(module)) return "network";
  return module === "perf_hooks" ? "clock" : "environment";
}

/** Members of `process` that read something. */
export const PROCESS: Readonly<Record<string, Cause>> = {
  ...Object.fromEntries(["hrtime", "uptime"].map((name) => [name, "clock" as const])),
  ...Object.fromEntries(
    "env argv argv0 execArgv execPath cwd pid ppid platform arch version versions memoryUsage cpuUsage resourceUsage stdin"
      .split(" ").map((name) => [name, "environment" as const]),
  ),
};

/** Members of `crypto` and `crypto.subtle` that draw random numbers. */
export const WEB_RANDOM: readonly string[] = ["getRandomValues", "randomUUID", "generateKey"];

/** Methods of dates that use the machine's time zone. */
export const LOCAL_TIME: readonly string[] = [
  "getTimezoneOffset",
  ...["FullYear", "Month", "Date", "Day", "Hours", "Minutes"].map((part) => `get${part}`),
  ...["FullYear", "Month", "Date", "Hours", "Minutes"].map((part) => `set${part}`),
  ...["toDateString", "toTimeString"],
];

/** Methods that use the machine's locale where none is given, and where the locale stands among their arguments. */
export const LOCALIZED: Readonly<Record<string, number>> = {
  localeCompare: 1,
  toLocaleString: 0,
  toLocaleDateString: 0,
  toLocaleTimeString: 0,
  toLocaleLowerCase: 0,
  toLocaleUpperCase: 0,
};

/** Constructors of `Intl` that use the machine's locale where none is given. */
export const INTL: readonly string[] =
  "Collator DateTimeFormat DurationFormat ListFormat NumberFormat PluralRules RelativeTimeFormat Segmenter".split(" ");
