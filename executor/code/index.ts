/**
 * @file The code digest of a stage: the normalized code of its modules and of everything they import inside the
 * project, and the versions of the npm packages they reach. Paths are for people and never enter the digest, so a
 * moved file is no change.
 */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { hash, type Store } from "../../cache/mod.ts";
import { RequestError } from "../errors.ts";
import { type ModuleFacts, moduleFacts } from "./facts.ts";
import { Packages } from "./packages.ts";

/** A change to the way code is hashed; raising it makes all earlier results unreachable. */
const CODE_VERSION = "1";
const SPACE = "code";
const MEMO = `modules-${CODE_VERSION}`;

/** A stage's code: one digest, and what went into it. */
export interface CodeDigest {
  readonly digest: string;
  /** Hash of each module, by its path relative to the working directory. */
  readonly files: Readonly<Record<string, string>>;
  /** Integrity of each npm package, by `name@version`. */
  readonly packages: Readonly<Record<string, string>>;
}

interface Memo {
  readonly stamp: string;
  readonly facts: ModuleFacts;
}

/** Hashes the code of stages. Facts about unchanged files are remembered in the store. */
export class CodeIndex {
  readonly #store: Store;
  readonly #facts = new Map<string, Promise<ModuleFacts>>();
  readonly #packages = new Map<string, Promise<Packages>>();
  readonly #digests = new Map<string, Promise<CodeDigest>>();
  #memo: Record<string, Memo> | undefined;
  #memoChanged = false;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The code digest of a stage that was declared in `modules`. */
  digest(modules: readonly string[]): Promise<CodeDigest> {
    const key = modules.join("\n");
    let digest = this.#digests.get(key);
    if (digest === undefined) this.#digests.set(key, digest = this.#compute(modules));
    return digest;
  }

  /** Writes down what was learnt about files, for the next run. */
  async save(): Promise<void> {
    if (this.#memoChanged) await this.#store.writeNote(SPACE, MEMO, this.#memo);
    this.#memoChanged = false;
  }

  async #compute(modules: readonly string[]): Promise<CodeDigest> {
    const nodes = new Map<string, ModuleNode>();
    const packages: Record<string, string> = {};
    const queue = [...modules];
    for (let url = queue.pop(); url !== undefined; url = queue.pop()) {
      if (nodes.has(url)) continue;
      const facts = await this.#factsOf(url);
      if (facts.computed !== null) throw computedImport(url, facts.computed);
      const edges: ModuleNode["edges"] = [];
      nodes.set(url, { hash: facts.hash, edges });
      for (const [i, { specifier, names }] of facts.imports.entries()) {
        for (const name of names ?? [null]) {
          for (const target of await this.#targets(url, specifier, name, packages)) {
            edges.push({ label: `${i} ${name ?? "*"}`, target });
            if (target.startsWith("file:")) queue.push(target);
          }
        }
      }
    }
    const here = `file://${Deno.cwd()}/`;
    const files = Object.fromEntries(
      [...nodes].map(([url, node]) => [url.startsWith(here) ? url.slice(here.length) : fileURLToPath(url), node.hash]),
    );
    return {
      digest: hash("code", CODE_VERSION, digestModules(modules, nodes), ...sortedPairs(packages)),
      files,
      packages,
    };
  }

  /** Where an import of `name` leads: through barrels to the module that has it, or to a package. */
  async #targets(
    importer: string,
    specifier: string,
    name: string | null,
    packages: Record<string, string>,
    seen: ReadonlySet<string> = new Set(),
  ): Promise<string[]> {
    const governing = await this.#packagesOf(importer);
    const target = governing.resolve(specifier, importer);
    if (target.startsWith("node:")) return [];
    if (target.startsWith("npm:")) {
      Object.assign(packages, governing.closure(target));
      return [target];
    }
    if (!target.startsWith("file:")) throw unknownImport(importer, specifier);
    const { barrel } = await this.#factsOf(target);
    if (barrel === null || name === null || seen.has(target)) return [target];
    const passed = barrel[name] ?? (barrel["*"] ?? []).map(({ specifier }) => ({ specifier, name }));
    const found = await Promise.all(
      passed.map((next) => this.#targets(target, next.specifier, next.name, packages, new Set([...seen, target]))),
    );
    return found.flat();
  }

  #factsOf(url: string): Promise<ModuleFacts> {
    let facts = this.#facts.get(url);
    if (facts === undefined) this.#facts.set(url, facts = this.#readFacts(url));
    return facts;
  }

  async #readFacts(url: string): Promise<ModuleFacts> {
    const path = fileURLToPath(url);
    const { mtime, size, ino } = await Deno.stat(path);
    const stamp = `${mtime?.getTime()} ${size} ${ino}`;
    this.#memo ??= (await this.#store.readNote(SPACE, MEMO) ?? {}) as Record<string, Memo>;
    const known = this.#memo[path];
    if (known?.stamp === stamp) return known.facts;
    const facts = await moduleFacts(await Deno.readTextFile(path), path);
    this.#memo[path] = { stamp, facts };
    this.#memoChanged = true;
    return facts;
  }

  #packagesOf(url: string): Promise<Packages> {
    const folder = dirname(fileURLToPath(url));
    let packages = this.#packages.get(folder);
    if (packages === undefined) this.#packages.set(folder, packages = Packages.above(folder));
    return packages;
  }
}

/** A module in a closure: the hash of its own code, and where its imports lead. */
interface ModuleNode {
  readonly hash: string;
  readonly edges: { readonly label: string; readonly target: string }[];
}

/**
 * One digest for modules and all they lead to, without their paths. Every module's label is refined by the labels of
 * what its imports lead to until no two modules are told apart any more, so two modules that swap contents do change
 * the digest, and import cycles do no harm.
 */
function digestModules(roots: readonly string[], nodes: ReadonlyMap<string, ModuleNode>): string {
  let labels = new Map([...nodes].map(([url, node]) => [url, node.hash]));
  for (let told = 0; told < new Set(labels.values()).size;) {
    told = new Set(labels.values()).size;
    const refine = ([url, node]: [string, ModuleNode]): [string, string] => {
      const edges = node.edges.map(({ label, target }) => `${label} ${labels.get(target) ?? target}`);
      return [url, hash(labels.get(url)!, ...edges.sort())];
    };
    labels = new Map([...nodes].map(refine));
  }
  return hash(...roots.map((url) => labels.get(url)!).sort(), "modules", ...[...labels.values()].sort());
}

function computedImport(url: string, statement: string): RequestError {
  return new RequestError(
    `Cannot hash "${
      fileURLToPath(url)
    }": what "${statement}" imports cannot be known before it runs, and a cache must ` +
      `know a stage's code; import a literal path`,
  );
}

function unknownImport(url: string, specifier: string): RequestError {
  return new RequestError(
    `Cannot hash "${fileURLToPath(url)}": it imports "${specifier}", which is neither a local file nor an npm package`,
  );
}

function sortedPairs(record: Readonly<Record<string, string>>): string[] {
  return Object.entries(record).map(([name, value]) => `${name} ${value}`).sort();
}
