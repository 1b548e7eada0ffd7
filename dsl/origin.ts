/**
 * @file Finds the modules that a stage's code lives in, by looking at who is calling stage(). The executor hashes
 * these modules and everything they import; a factory that calls stage() for its caller gets both modules hashed.
 */

interface CallSite {
  getScriptNameOrSourceURL(): string | null;
}

type StackPreparer = ((error: Error, sites: CallSite[]) => unknown) | undefined;

/** URLs of all modules on the call stack, innermost first, without those in `except`. */
export function callingModules(except: readonly string[]): string[] {
  const constructor = Error as unknown as { prepareStackTrace: StackPreparer; stackTraceLimit: number };
  const { prepareStackTrace, stackTraceLimit } = constructor;
  try {
    constructor.stackTraceLimit = 100;
    constructor.prepareStackTrace = (_error, sites) => sites.map((site) => site.getScriptNameOrSourceURL());
    const files = new Error().stack as unknown as (string | null)[];
    const modules = files.filter((file): file is string => file !== null && /^(file|https?|data):/.test(file));
    return [...new Set(modules)].filter((file) => file !== import.meta.url && !except.includes(file));
  } finally {
    constructor.prepareStackTrace = prepareStackTrace;
    constructor.stackTraceLimit = stackTraceLimit;
  }
}
