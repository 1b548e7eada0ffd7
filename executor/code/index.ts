/**
 * @file The code digest of a stage: the normalized code of its declaration and of everything that leads to, inside the
 * project, and the versions of the npm packages it reaches. Paths are for people and never enter the digest, so a
 * moved file is no change.
 */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { hash, type Store } from "../../cache/mod.ts";
import type { StageDefinition } from "../../dsl/mod.ts";
import { RequestError } from "../errors.ts";
import type { BuiltIn } from "../guard/mod.ts";
import { Closure } from "./closure.ts";
import { Packages } from "./packages.ts";
import { type ModuleUnits, moduleUnits } from "./units.ts";

/** A change to the way code is hashed; raising it makes all earlier results unreachable. */
const CODE_VERSION = "2";
const SPACE = "code";
const MEMO = `modules-${CODE_VERSION}`;

/** A stage's code: one digest, and what went into it. */
export interface CodeDigest {
  readonly digest: string;
  /** Hash of each function, class and variable, by file relative to the working directory and name. */
  readonly units: Readonly<Record<string, string>>;
  /** Integrity of each npm package, by `name@version`. */
  readonly packages: Readonly<Record<string, string>>;
  /** Imports of built-in modules; what they do is the same for everybody and enters no digest. */
  readonly builtIns: readonly BuiltIn[];
}

interface Memo {
  readonly stamp: string;
  readonly units: ModuleUnits;
}

/** Hashes the code of stages. What is known of unchanged files is remembered in the store. */
export class CodeIndex {
  readonly #store: Store;
  readonly #modules = new Map<string, Promise<ModuleUnits>>();
  readonly #packages = new Map<string, Promise<Packages>>();
  readonly #digests = new Map<StageDefinition, Promise<CodeDigest>>();
  #memo: Promise<Record<string, Memo>> | undefined;
  #memoChanged = false;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * The code digest of a stage.
   *
   * @throws RequestError when its code cannot be known: an import that is computed, a package without a version.
   */
  digest(stage: StageDefinition): Promise<CodeDigest> {
    let digest = this.#digests.get(stage);
    if (digest === undefined) this.#digests.set(stage, digest = this.#compute(stage));
    return digest;
  }

  /** Writes down what was learnt about files, for the next run. */
  async save(): Promise<void> {
    if (this.#memoChanged && this.#store.writable) await this.#store.writeNote(SPACE, MEMO, await this.#memo);
    this.#memoChanged = false;
  }

  async #compute(stage: StageDefinition): Promise<CodeDigest> {
    const closure = new Closure((url) => this.#unitsOf(url), (url) => this.#packagesOf(url));
    const roots: string[] = [];
    for (const url of stage.modules) roots.push(...await closure.reach(url, await exportedAs(stage, url)));
    const { digest, units, packages } = closure.digest(roots);
    const builtIns = closure.builtIns.map(({ url, ...rest }) => ({ ...rest, importer: shownPath(url) }));
    function shorten([id, value]: [string, string]): [string, string] {
      const [url, name] = id.split("#") as [string, string];
      return [`${shownPath(url)} ${name}`.trim(), value];
    }
    const pairs = Object.entries(packages).map(([name, integrity]) => `${name} ${integrity}`).sort();
    return {
      digest: hash("code", CODE_VERSION, digest, ...pairs),
      units: Object.fromEntries(Object.entries(units).map(shorten)),
      packages,
      builtIns,
    };
  }

  #unitsOf(url: string): Promise<ModuleUnits> {
    let units = this.#modules.get(url);
    if (units === undefined) this.#modules.set(url, units = this.#readUnits(url));
    return units;
  }

  async #readUnits(url: string): Promise<ModuleUnits> {
    const path = fileURLToPath(url);
    const { mtime, size, ino } = await Deno.stat(path).catch((cause) => {
      throw new RequestError(`Cannot read "${path}", which a stage imports: ${cause.message}`, { cause });
    });
    const stamp = `${mtime?.getTime()} ${size} ${ino}`;
    this.#memo ??= this.#store.readNote(SPACE, MEMO).then((note) => (note ?? {}) as Record<string, Memo>);
    const memo = await this.#memo;
    const known = memo[path];
    if (known?.stamp === stamp) return known.units;
    const units = await moduleUnits(await Deno.readTextFile(path), path).catch((cause) => {
      throw new RequestError(cause.message, { cause });
    });
    memo[path] = { stamp, units };
    this.#memoChanged = true;
    return units;
  }

  #packagesOf(url: string): Promise<Packages> {
    const folder = dirname(fileURLToPath(url));
    let packages = this.#packages.get(folder);
    if (packages === undefined) this.#packages.set(folder, packages = Packages.above(folder));
    return packages;
  }
}

/** A module's path, from the working directory where it is below that. */
function shownPath(url: string): string {
  const here = `file://${Deno.cwd()}/`;
  return url.startsWith(here) ? url.slice(here.length) : fileURLToPath(url);
}

/** The names that a module exports a stage by; null, the whole module, where it exports it by none. */
async function exportedAs(stage: StageDefinition, url: string): Promise<readonly string[] | null> {
  // The module is loaded already: the stage comes from it.
  const exports = await import(url) as Record<string, { definition?: unknown } | undefined>;
  const names = Object.keys(exports).filter((name) => exports[name]?.definition === stage);
  return names.length > 0 ? names : null;
}
