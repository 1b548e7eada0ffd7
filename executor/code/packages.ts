/** @file npm packages that code reaches: exact versions and integrity, dependencies included, from `deno.lock`. */
import { dirname, join } from "node:path";
import { RequestError } from "../errors.ts";

interface Lock {
  readonly specifiers?: Readonly<Record<string, string>>;
  readonly npm?: Readonly<Record<string, { readonly integrity?: string; readonly dependencies?: readonly string[] }>>;
}

/** The import map and the lock file that govern a folder. */
export class Packages {
  readonly #imports: Readonly<Record<string, string>>;
  readonly #lock: Lock;
  readonly #lockFile: string;
  /** Every file that was looked for, there or not. */
  readonly consulted: readonly string[];

  private constructor(
    imports: Readonly<Record<string, string>>,
    lock: Lock,
    lockFile: string,
    consulted: readonly string[],
  ) {
    this.#imports = imports;
    this.#lock = lock;
    this.#lockFile = lockFile;
    this.consulted = consulted;
  }

  /** Reads the `deno.json` and `deno.lock` that a module in `folder` is under. */
  static async above(folder: string): Promise<Packages> {
    const consulted: string[] = [];
    for (let at = folder;; at = dirname(at)) {
      consulted.push(join(at, "deno.json"));
      const config = await readJson(join(at, "deno.json"));
      if (config !== undefined) {
        const lockFile = join(at, "deno.lock");
        const imports = (config as { imports?: Record<string, string> }).imports ?? {};
        return new Packages(resolveRelative(imports, at), (await readJson(lockFile) ?? {}) as Lock, lockFile, [
          ...consulted,
          lockFile,
        ]);
      }
      if (dirname(at) === at) return new Packages({}, {}, join(folder, "deno.lock"), consulted);
    }
  }

  /** What the import map makes of a specifier: a file URL, an `npm:` or `node:` specifier. */
  resolve(specifier: string, importer: string): string {
    if (/^\.{0,2}\//.test(specifier)) return new URL(specifier, importer).href;
    const exact = this.#imports[specifier];
    if (exact !== undefined) return exact;
    const prefixes = Object.keys(this.#imports).filter((key) => specifier.startsWith(`${key.replace(/\/$/, "")}/`));
    const prefix = prefixes.sort((a, b) => b.length - a.length)[0];
    if (prefix === undefined) return specifier;
    const target = this.#imports[prefix]!;
    return prefix.endsWith("/") ? target + specifier.slice(prefix.length) : target + specifier.slice(prefix.length);
  }

  /** `name@version` of a package and all it depends on, with the integrity of each. */
  closure(specifier: string): Record<string, string> {
    const found: Record<string, string> = {};
    const queue = [this.#version(specifier)];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (next in found) continue;
      const entry = this.#lock.npm?.[next];
      found[next] = entry?.integrity ?? "";
      for (const dependency of entry?.dependencies ?? []) queue.push(this.#dependency(dependency));
    }
    return found;
  }

  #version(specifier: string): string {
    const match = /^npm:\/?((?:@[^/]+\/)?[^@/]+)(?:@([^/]+))?/.exec(specifier);
    const name = match?.[1];
    const specifiers = this.#lock.specifiers ?? {};
    const wanted = match?.[2] === undefined ? `npm:${name}` : `npm:${name}@${match[2]}`;
    const known = Object.keys(specifiers).filter((key) => key.startsWith(`npm:${name}@`) || key === `npm:${name}`);
    const key = wanted in specifiers ? wanted : known.length === 1 ? known[0]! : undefined;
    if (name === undefined || key === undefined) {
      throw new RequestError(
        `Cannot tell the version of "${specifier}": "${this.#lockFile}" does not list it; run "deno install" to update it`,
      );
    }
    return `${name}@${specifiers[key]}`;
  }

  /** Lock files leave out a dependency's version where only one is there. */
  #dependency(name: string): string {
    const npm = this.#lock.npm ?? {};
    if (name in npm) return name;
    return Object.keys(npm).find((key) => key.startsWith(`${name}@`)) ?? name;
  }
}

function resolveRelative(imports: Readonly<Record<string, string>>, folder: string): Record<string, string> {
  const base = new URL(`file://${folder}/`);
  return Object.fromEntries(
    Object.entries(imports).map(([key, to]) => [key, to.startsWith(".") ? new URL(to, base).href : to]),
  );
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new RequestError(`Cannot read "${path}": ${error instanceof Error ? error.message : error}`);
  }
}
