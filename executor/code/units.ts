/**
 * @file What a module is made of, as hashing sees it: units (a top-level function, class or variable), the names that
 * each unit mentions, where imported names come from, and what is exported.
 */
import { type AnyNode, type ExportNamedDeclaration, type ImportDeclaration, parse, type Program } from "acorn";
import { hash } from "../../cache/mod.ts";
import { normalize } from "./normalize.ts";
import { hintsIn } from "./hints.ts";
import { declaredNames, mentions } from "./names.ts";
import { isPure } from "./purity.ts";

/** A name of another module: `name` is null for the whole module. */
export interface Reference {
  readonly specifier: string;
  readonly name: string | null;
}

/** A top-level piece of a module. */
export interface Unit {
  /** What it declares; empty for a statement. */
  readonly names: readonly string[];
  readonly hash: string;
  /** Every identifier in it: more than it refers to where an inner name hides an outer one, never less. */
  readonly mentions: readonly string[];
  /** Modules that it imports when it runs. */
  readonly imports: readonly string[];
  /** Whether it does something when its module is loaded, so that it counts wherever the module is reached. */
  readonly effect: boolean;
}

/** A module as hashing sees it. */
export interface ModuleUnits {
  readonly units: readonly Unit[];
  /** Imported names, by what they are called here. */
  readonly bindings: Readonly<Record<string, Reference>>;
  /** Exported names: a name of this module, or of another. */
  readonly exports: Readonly<Record<string, string | Reference>>;
  /** Modules that are exported whole: `export * from`. */
  readonly stars: readonly string[];
  /** Modules that are loaded when this one is. */
  readonly loads: readonly string[];
  /** Set where what is imported cannot be known before it runs: the text of the import. */
  readonly computed: string | null;
}

/**
 * Reads a module's units from its source.
 *
 * @throws SyntaxError when it cannot be parsed.
 */
export async function moduleUnits(source: string, file: string): Promise<ModuleUnits> {
  if (!/\.[cm]?[jt]sx?$/.test(file)) return asset(source);
  const code = await normalize(source, file);
  return new Reader(code).read();
}

/** A file that is not code, such as JSON: one unit. */
function asset(source: string): ModuleUnits {
  const unit = { names: ["default"], hash: hash("asset", source), mentions: [], imports: [], effect: true };
  return { units: [unit], bindings: {}, exports: { default: "default" }, stars: [], loads: [], computed: null };
}

class Reader {
  readonly #code: string;
  readonly #program: Program;
  readonly #units: Unit[] = [];
  readonly #bindings: Record<string, Reference> = {};
  readonly #exports: Record<string, string | Reference> = {};
  readonly #stars: string[] = [];
  readonly #loads = new Set<string>();
  #computed: string | null = null;

  constructor(code: string) {
    this.#code = code;
    this.#program = parse(code, { ecmaVersion: "latest", sourceType: "module" });
  }

  read(): ModuleUnits {
    const { body } = this.#program;
    for (const node of body) if (node.type === "ImportDeclaration") this.#import(node);
    for (const node of body) if (node.type !== "ImportDeclaration") this.#statement(node);
    return {
      units: this.#units,
      bindings: this.#bindings,
      exports: this.#exports,
      stars: this.#stars,
      loads: [...this.#loads],
      computed: this.#computed,
    };
  }

  #import(node: ImportDeclaration): void {
    const specifier = String(node.source.value);
    this.#loads.add(specifier);
    for (const item of node.specifiers) {
      const name = item.type === "ImportNamespaceSpecifier"
        ? null
        : item.type === "ImportDefaultSpecifier"
        ? "default"
        : nameOf(item.imported);
      this.#bindings[item.local.name] = { specifier, name };
    }
  }

  #statement(node: Program["body"][number]): void {
    if (node.type === "ExportAllDeclaration") {
      const specifier = String(node.source.value);
      this.#loads.add(specifier);
      if (node.exported) this.#exports[nameOf(node.exported)] = { specifier, name: null };
      else this.#stars.push(specifier);
    } else if (node.type === "ExportNamedDeclaration") this.#exportNamed(node);
    else if (node.type === "ExportDefaultDeclaration") {
      const named = "id" in node.declaration && node.declaration.id ? node.declaration.id.name : "default";
      this.#exports.default = named;
      this.#unit(node.declaration, [named]);
    } else this.#declaration(node);
  }

  #exportNamed(node: ExportNamedDeclaration): void {
    if (node.source) this.#loads.add(String(node.source.value));
    for (const item of node.specifiers) {
      const local = nameOf(item.local);
      const from = node.source ? { specifier: String(node.source.value), name: local } : this.#bindings[local] ?? local;
      this.#exports[nameOf(item.exported)] = from;
    }
    if (node.declaration) {
      for (const name of this.#declaration(node.declaration)) this.#exports[name] = name;
    }
  }

  /** Adds the units of a declaration or statement, and returns the names it declares. */
  #declaration(node: AnyNode): readonly string[] {
    if (node.type === "VariableDeclaration") {
      return node.declarations.flatMap((one) => this.#unit(one, declaredNames(one.id), node.kind));
    }
    const isNamed = node.type === "FunctionDeclaration" || node.type === "ClassDeclaration";
    return this.#unit(node, isNamed && node.id ? [node.id.name] : []);
  }

  #unit(node: AnyNode, names: readonly string[], keyword = ""): readonly string[] {
    const { identifiers, imports, computed } = mentions(node, this.#code);
    this.#computed ??= computed;
    // Where an import leads is hashed as what is found there: its spelling changes when a file moves.
    const gaps = [
      ...imports.map(({ start, end }) => ({ start, end, as: "…" })),
      ...hintsIn(node, this.#bindings, this.#code).map((gap) => ({ ...gap, as: "" })),
    ].sort((a, b) => a.start - b.start);
    const text = gaps.reduceRight(
      (text, { start, end, as }) => text.slice(0, start - node.start) + as + text.slice(end - node.start),
      this.#code.slice(node.start, node.end),
    );
    this.#units.push({
      names,
      hash: hash("unit", keyword, text),
      mentions: identifiers,
      imports: imports.map(({ specifier }) => specifier),
      effect: names.length === 0 || !isPure(node, this.#bindings),
    });
    return names;
  }
}

function nameOf(node: { type: string; name?: string; value?: unknown }): string {
  return node.type === "Identifier" ? node.name! : String(node.value);
}
