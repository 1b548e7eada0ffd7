/** @file Who called a guarded function: the user's code, a package, or the runtime itself. */
import { fileURLToPath } from "node:url";

interface CallSite {
  getScriptNameOrSourceURL(): string | null;
  getLineNumber(): number | null;
  getFunctionName(): string | null;
}

/** Where a call came from. */
export interface Caller {
  /** Whether the code that made the call is neither a package's nor the runtime's. */
  readonly isOwn: boolean;
  /** The nearest line of the user's code, `stages/a.ts:12`; "" if there is none near. */
  readonly where: string;
  /** Whether the user's code is what a package works for here: not when the package is being loaded. */
  readonly onBehalf: boolean;
}

interface Frame {
  readonly url: string;
  readonly line: number;
  readonly name: string;
}

/** Frames that are looked at; packages rarely call deeper. */
const DEPTH = 40;
/** Node's way to load a module, as a stack shows it. */
const LOADS_COMMONJS = /(^|\.)_compile$/;
/** The working directory; taken before it is guarded. */
const cwd = Deno.cwd;
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
      sites.map((site): Frame => ({
        url: site.getScriptNameOrSourceURL() ?? "",
        line: site.getLineNumber() ?? 0,
        name: site.getFunctionName() ?? "",
      }));
    const all = new Error().stack as unknown as Frame[];
    // What is built into the engine, such as Array.map, has no URL.
    const frames = all.filter(({ url }) => url !== "" && !url.startsWith(GUARD));
    const own = frames.findIndex(({ url }) => isOwnCode(url));
    const isLoading = frames.slice(0, Math.max(0, own)).some(({ name }) => LOADS_COMMONJS.test(name));
    return { isOwn: own === 0, where: own === -1 ? "" : shown(frames[own]!), onBehalf: own !== -1 && !isLoading };
  } finally {
    constructor.prepareStackTrace = prepareStackTrace;
    constructor.stackTraceLimit = stackTraceLimit;
  }
}

function isOwnCode(url: string): boolean {
  if (/^\[?(ext|node|wasm|npm):/.test(url) || url.includes("/node_modules/")) return false;
  return PACKAGES === "" || !url.startsWith(PACKAGES);
}

function shown({ url, line }: Frame): string {
  if (!url.startsWith("file:")) return `${url.slice(0, 60)}:${line}`;
  const path = fileURLToPath(url);
  const here = `${cwd()}/`;
  return `${path.startsWith(here) ? path.slice(here.length) : path}:${line}`;
}
