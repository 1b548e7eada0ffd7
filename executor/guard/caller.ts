/** @file Who called a guarded function: the user's code, a package, or the runtime itself. */
import { fileURLToPath } from "node:url";

interface CallSite {
  getScriptNameOrSourceURL(): string | null;
  getLineNumber(): number | null;
}

/** Where a call came from. */
export interface Caller {
  /** Whether the code that made the call is neither a package's nor the runtime's. */
  readonly isOwn: boolean;
  /** The nearest line of the user's code, `stages/a.ts:12`; "" if there is none near. */
  readonly where: string;
}

/** Frames that are looked at; packages rarely call deeper. */
const DEPTH = 40;
const GUARD = new URL("./", import.meta.url).href;

// Where this Deno keeps packages: the folder above a package that is surely there.
const zod = import.meta.resolve("zod");
const PACKAGES = zod.slice(0, Math.max(0, zod.indexOf("/zod/") + 1));

/** Looks up the stack. Costs some 10 microseconds: ask only when a stage's code is running. */
export function caller(): Caller {
  const constructor = Error as unknown as {
    prepareStackTrace: ((error: Error, sites: CallSite[]) => unknown) | undefined;
    stackTraceLimit: number;
  };
  const { prepareStackTrace, stackTraceLimit } = constructor;
  try {
    constructor.stackTraceLimit = DEPTH;
    constructor.prepareStackTrace = (_error, sites) =>
      sites.map((site) => [site.getScriptNameOrSourceURL(), site.getLineNumber()]);
    const frames = new Error().stack as unknown as [string | null, number | null][];
    const known = frames.filter(([url]) => url !== null && url !== "" && !url.startsWith(GUARD)) as [string, number][];
    const own = known.findIndex(([url]) => isOwnCode(url));
    return { isOwn: own === 0, where: own === -1 ? "" : shown(known[own]!) };
  } finally {
    constructor.prepareStackTrace = prepareStackTrace;
    constructor.stackTraceLimit = stackTraceLimit;
  }
}

function isOwnCode(url: string): boolean {
  if (/^(ext|node|wasm|npm):/.test(url) || url.includes("/node_modules/")) return false;
  return PACKAGES === "" || !url.startsWith(PACKAGES);
}

function shown([url, line]: [string, number]): string {
  if (!url.startsWith("file:")) return `${url.slice(0, 60)}:${line}`;
  const path = fileURLToPath(url);
  const here = `${Deno.cwd()}/`;
  return `${path.startsWith(here) ? path.slice(here.length) : path}:${line}`;
}
