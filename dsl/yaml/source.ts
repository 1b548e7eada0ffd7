/** @file The text of a YAML pipeline with the place of every value in it, and the problems found so far. */
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseDocument, visit, type YAMLError } from "yaml";
import { didYouMean, nearest } from "../nearest.ts";
import type { Path } from "../known_names.ts";
import { YamlError, type YamlProblem } from "./error.ts";

/** One entry of a mapping: its name, and where name and value stand. */
export interface YamlEntry {
  readonly name: string;
  readonly key: Node;
  /** Null where nothing follows the colon. */
  readonly value: Node | null;
}

/** A parsed YAML file. Readers collect what is wrong with `report`, and `check` throws it, all at once. */
export class YamlSource {
  readonly file: string;
  readonly text: string;
  readonly #document: Document.Parsed;
  readonly #problems: YamlProblem[] = [];
  #cause: unknown;

  /** @throws YamlError for text that is not YAML, that is empty, or that holds a key twice. */
  constructor(text: string, file: string) {
    this.file = file;
    this.text = text;
    this.#document = parseDocument(text, {
      prettyErrors: false,
      // Keys that read differently in YAML (1 and "1") are the same name to us.
      uniqueKeys: (a, b) => isScalar(a) && isScalar(b) && String(a.value) === String(b.value),
    });
    for (const error of [...this.#document.errors, ...this.#document.warnings]) {
      const [start, end] = error.pos;
      this.#reportAt(start, end, this.#explain(error));
    }
    this.#checkAliases();
    if (this.#problems.length === 0 && this.#document.contents === null) {
      this.#reportAt(0, 0, 'Empty pipeline file: give it "pipeline" (an ablation) or "nodes" and "outputs" (a graph)');
    }
    this.check();
  }

  /** The root of the document. */
  get root(): Node {
    return this.#document.contents as Node;
  }

  /** Notes a problem at a value or key; without one, at the start of the document. */
  report(node: Node | null | undefined, message: string, nearest?: string): void {
    const [start, end] = node?.range ?? this.root.range ?? [0, 0];
    this.#reportAt(start, end, message, nearest);
  }

  /**
   * Notes a name that is none of the `known` ones. `what` reads like `stage "load.minst"`; `close`, where it is given,
   * is the name that was meant.
   */
  reportUnknown(node: Node | null, what: string, name: string, known: Iterable<string>, close?: string): void {
    const names = [...known];
    this.report(node, `Unknown ${what}: ${didYouMean(close ?? name, names)}`, close ?? nearest(name, names));
  }

  /** A problem that nothing can be read after, as an error to throw together with those noted before. */
  failure(node: Node | null, message: string, cause?: unknown): YamlError {
    this.report(node, message);
    this.blame(cause);
    return this.#error();
  }

  /** Notes the error that lies beneath the problems. */
  blame(cause: unknown): void {
    this.#cause ??= cause;
  }

  /** @throws YamlError with every problem noted so far, if there is one. */
  check(): void {
    if (this.#problems.length > 0) throw this.#error();
  }

  /** How many problems are noted. */
  get problems(): number {
    return this.#problems.length;
  }

  /** The node that an alias (`*name`) stands for; other nodes as they are. */
  resolve(node: unknown): Node | null {
    return isAlias(node) ? node.resolve(this.#document) ?? null : node as Node | null;
  }

  /** The entries of a mapping; undefined, and a problem, where `node` is no mapping. */
  entries(node: Node | null, what: string): YamlEntry[] | undefined {
    const map = this.resolve(node);
    if (!isMap(map)) {
      this.report(node, `Cannot use ${found(map)} as ${what}: write a mapping of names to values`);
      return undefined;
    }
    const entries: YamlEntry[] = [];
    for (const pair of map.items) {
      const key = pair.key as Node;
      if (isScalar(key) && key.value !== null) {
        entries.push({ name: String(key.value), key, value: pair.value as Node | null });
      } else this.report(key, `Cannot use ${found(key)} as a name in ${what}: write a string`);
    }
    return entries;
  }

  /** Whether a value is a mapping. */
  isMapping(node: Node | null): boolean {
    return isMap(this.resolve(node));
  }

  /** A string; undefined, and a problem at `node` or else at `key`, where there is none. */
  string({ key, value }: YamlEntry, what: string): string | undefined {
    const scalar = this.resolve(value);
    if (isScalar(scalar) && typeof scalar.value === "string" && scalar.value !== "") return scalar.value;
    this.report(value?.range ? value : key, `Cannot use ${found(scalar)} as ${what}: write a string`);
    return undefined;
  }

  /** The items of a list; undefined, and a problem, where `value` is none. */
  items({ key, value }: YamlEntry, what: string): Node[] | undefined {
    const seq = this.resolve(value);
    if (isSeq(seq)) return seq.items as Node[];
    this.report(value ?? key, `Cannot use ${found(seq)} as ${what}: write a list, as in [./my_stages.ts]`);
    return undefined;
  }

  /** A value as plain data. */
  plain(node: Node | null): unknown {
    try {
      return node === null ? null : node.toJS(this.#document, { maxAliasCount: 100 });
    } catch (error) {
      throw this.failure(node, `Cannot expand the aliases in this value: write it out`, error);
    }
  }

  /** The key (or list item) that `path` leads to from `node`, or the last one on the way there. */
  locate(node: Node | null, path: Path): Node | null {
    const [step, ...rest] = path;
    const parent = this.resolve(node);
    if (step === undefined) return node;
    if (isSeq(parent)) {
      const item = parent.items[Number(step)] as Node | undefined;
      return item === undefined ? node : this.locate(item, rest);
    }
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
      : undefined;
    if (pair === undefined) return node;
    const below = this.locate(pair.value as Node | null, rest);
    return below === pair.value ? pair.key as Node : below;
  }

  #error(): YamlError {
    return new YamlError(this.file, this.text, this.#problems as [YamlProblem, ...YamlProblem[]], this.#cause);
  }

  #reportAt(start: number, end: number, message: string, nearest?: string): void {
    // Counted here: the parser's own LineCounter misses line breaks in broken flow collections.
    const before = this.text.slice(0, start).split("\n");
    this.#problems.push({
      line: before.length,
      column: before.at(-1)!.length + 1,
      length: Math.max(1, end - start),
      message,
      nearest,
    });
  }

  /** The parser's message in our grammar. */
  #explain({ code, message, pos: [start] }: YAMLError): string {
    if (code === "DUPLICATE_KEY") {
      const name = /^[^\s:,{}]+/.exec(this.text.slice(start))?.[0] ?? "";
      return `Duplicate name "${name}": each name may stand once in a mapping; remove or rename one`;
    }
    if (code === "MULTIPLE_DOCS") return 'Cannot read a second document: keep one pipeline in a file, and remove "---"';
    return `Cannot read YAML: ${message.charAt(0).toLowerCase()}${message.slice(1).replace(/\.$/, "")}`;
  }

  #checkAliases(): void {
    visit(this.#document, {
      Alias: (_key, alias, path) => {
        const target = alias.resolve(this.#document);
        if (target === undefined) {
          this.report(alias, `Unknown alias "*${alias.source}": mark a value before it with "&${alias.source}"`);
        } else if (path.includes(target)) {
          this.report(alias, `Cannot use alias "*${alias.source}" inside the value that it stands for: remove it`);
        }
      },
    });
  }
}

/** Describes a value in a message. */
function found(node: Node | null): string {
  if (isMap(node)) return "a mapping";
  if (isSeq(node)) return "a list";
  const value = isScalar(node) ? node.value : null;
  return value === null ? "nothing" : `${JSON.stringify(value)}`;
}
