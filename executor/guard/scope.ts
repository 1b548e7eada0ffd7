/**
 * @file Whose code is running: a stage's, or the executor's. The scope follows a stage through everything that it
 * awaits and calls; the executor's own work on its behalf (reading inputs, progress) is done apart from it.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { StageContext, StageDefinition } from "../../dsl/mod.ts";

/** Code that is being watched. */
export interface Scope {
  /** Who it is, as a message starts: `Stage "train"`. */
  readonly who: string;
  /** Whether this is a module being loaded, with the packages it imports. */
  readonly loading: boolean;
  /** Whether the stage declares that it may read what keys cannot see. */
  readonly outside: boolean;
  /** Files that the stage declares, as absolute paths. */
  readonly files: ReadonlySet<string>;
}

const scopes = new AsyncLocalStorage<Scope | undefined>();

/** The scope of the code that is running now; undefined for the executor's own. */
export function currentScope(): Scope | undefined {
  return scopes.getStore();
}

/** The scope of a stage with these parameters. */
export function stageScope({ name, outside, files }: StageDefinition, params: unknown): Scope {
  const paths = files?.(params as never) ?? [];
  return {
    who: `Stage "${name}"`,
    loading: false,
    outside: outside !== undefined,
    files: new Set(paths.map((path) => resolve(path))),
  };
}

let imports = 0;

/** Imports a module whose code, and that of all it imports, is watched while it loads. */
export async function importWatched(url: string): Promise<unknown> {
  const who = `Loading "${url.startsWith("file:") ? fileURLToPath(url) : url}"`;
  try {
    return await within({ who, loading: true, outside: false, files: new Set() }, () => import(url));
  } finally {
    // Deno leaves its event loop in the scope of the module that it evaluated last (seen in 2.9.6): whatever an event calls
    // next would be in it. Another module, empty and new, evaluated apart, takes it out again.
    await apart(() => import(`data:text/javascript,//${imports++}`));
  }
}

/** Calls a function as a scope's code. */
export function within<T>(scope: Scope | undefined, call: () => T): T {
  return scopes.run(scope, call);
}

/** Calls a function as the executor's code, though a stage asked for it. */
export function apart<T>(call: () => T): T {
  return scopes.run(undefined, call);
}

/** What a generator yields, its code running within a scope and its consumer's code not. */
export async function* iterateWithin<T>(
  scope: Scope | undefined,
  items: Iterable<T> | AsyncIterable<T>,
): AsyncGenerator<T> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  let done: boolean | undefined = false;
  try {
    while (true) {
      const next = await within(scope, () => iterator.next());
      done = next.done;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    if (!done) await within(scope, () => iterator.return?.());
  }
}

/** A context whose functions run apart from the stage that calls them. */
export function contextApart(context: StageContext): StageContext {
  const { programs, checkpoint } = context;
  return {
    ...context,
    ...(checkpoint && {
      checkpoint: {
        load: () => apart(() => checkpoint.load()),
        due: () => apart(() => checkpoint.due()),
        save: (saved) => apart(() => checkpoint.save(saved)),
      },
    }),
    ...(programs && {
      programs: {
        ...programs,
        get: (key) => apart(() => programs.get(key)),
        put: (key, program, name) => apart(() => programs.put(key, program, name)),
      },
    }),
    progress: (progress) => apart(() => context.progress(progress)),
    log: (message) => apart(() => context.log(message)),
  };
}
