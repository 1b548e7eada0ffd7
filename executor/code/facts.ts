/** @file What hashing needs to know of a module: the hash of its normalized code, and which names it imports. */
import { init, parse } from "es-module-lexer";
import { hash } from "../../cache/mod.ts";
import { normalize } from "./normalize.ts";

/** One import. `names` is null where the whole module counts: namespace, side-effect and dynamic imports. */
export interface Import {
  readonly specifier: string;
  readonly names: readonly string[] | null;
}

/** A name that a barrel passes on: where from, and what it is called there (null: the whole module). */
export interface Passed {
  readonly specifier: string;
  readonly name: string | null;
}

/** Facts about one module. */
export interface ModuleFacts {
  readonly hash: string;
  readonly imports: readonly Import[];
  /**
   * Set for a barrel, a module that only re-exports: importing one name from it reaches that name's module alone.
   * `"*"` lists the modules that are passed on whole.
   */
  readonly barrel: Readonly<Record<string, readonly Passed[]>> | null;
  /** Set where what is imported cannot be known before it runs: the text of the import. */
  readonly computed: string | null;
}

/** Reads the facts about a module's source. Files that are not code (JSON) are hashed as they are. */
export async function moduleFacts(source: string, file: string): Promise<ModuleFacts> {
  if (!/\.[cm]?[jt]sx?$/.test(file)) return { hash: hash("asset", source), imports: [], barrel: null, computed: null };
  const code = await normalize(source, file);
  await init;
  const [found] = parse(code);
  const imports: Import[] = [];
  const passed: Record<string, Passed[]> = {};
  let computed: string | null = null;
  let rest = code;
  for (const entry of found) {
    if (entry.d === -2) continue; // import.meta
    const statement = code.slice(entry.ss, entry.se);
    if (entry.n === undefined) computed = statement;
    else if (entry.d >= 0) imports.push({ specifier: entry.n, names: null });
    else {
      imports.push({ specifier: entry.n, names: importedNames(statement) });
      if (statement.startsWith("export")) pass(statement, entry.n, passed);
      rest = rest.replace(statement, statement.startsWith("export") ? "" : "import");
    }
  }
  // Where an import leads is hashed as what is found there: its spelling changes when a file moves, its meaning does not.
  const anonymous = found.reduceRight(
    (text, { s, e, n }, i) => n === undefined ? text : `${text.slice(0, s)}#${i}${text.slice(e)}`,
    code,
  );
  const isBarrel = Object.keys(passed).length > 0 && /^[;\s]*$/.test(rest);
  return { hash: hash("module", anonymous), imports, barrel: isBarrel ? passed : null, computed };
}

/** The names that a normalized import statement asks for, as the other module calls them. */
function importedNames(statement: string): string[] | null {
  if (statement.includes("*") || !/^(import|export)[\s{]/.test(statement)) return null;
  const braces = namedBindings(statement);
  const before = statement.slice("import".length).split(/[{"']/)[0]!.replace(/\bfrom\b/, "");
  const names = (braces ?? []).map(([imported]) => imported);
  if (/[\w$]/.test(before)) names.push("default");
  return names.some((name) => /["']/.test(name)) ? null : names;
}

/** The `{a, b as c}` of a statement, as pairs of the name there and the name here. */
function namedBindings(statement: string): [string, string][] | undefined {
  const list = /\{([^}]*)\}/.exec(statement)?.[1];
  return list?.split(",").filter((item) => item.trim() !== "").map((item) => {
    const [there, here] = item.trim().split(/\s+as\s+/) as [string, string?];
    return [there, here ?? there];
  });
}

function pass(statement: string, specifier: string, passed: Record<string, Passed[]>): void {
  const namespace = /^export\s*\*\s*as\s+([\w$]+)/.exec(statement)?.[1];
  const add = (here: string, there: string | null) => (passed[here] ??= []).push({ specifier, name: there });
  if (namespace !== undefined) add(namespace, null);
  else if (statement.includes("*")) add("*", null);
  else for (const [there, here] of namedBindings(statement) ?? []) add(here, there);
}
