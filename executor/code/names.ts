/** @file Names in a syntax tree: what a pattern declares, and what a piece of code mentions. */
import type { AnyNode, Pattern } from "acorn";
import { full } from "acorn-walk";

/** The names that a pattern declares: `{a, b: [c]}` declares a and c. */
export function declaredNames(pattern: Pattern): string[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name];
    case "ObjectPattern":
      return pattern.properties.flatMap((p) => declaredNames(p.type === "Property" ? p.value : p.argument));
    case "ArrayPattern":
      return pattern.elements.flatMap((element) => element === null ? [] : declaredNames(element));
    case "RestElement":
      return declaredNames(pattern.argument);
    case "AssignmentPattern":
      return declaredNames(pattern.left);
    default:
      return [];
  }
}

/** What a piece of code mentions. */
export interface Mentions {
  readonly identifiers: readonly string[];
  /** Imports that happen when it runs, and where their specifiers stand. */
  readonly imports: readonly { readonly specifier: string; readonly start: number; readonly end: number }[];
  /** The text of an import whose target is computed. */
  readonly computed: string | null;
}

/** Collects every identifier and every `import()` in a piece of code. */
export function mentions(node: AnyNode, code: string): Mentions {
  const identifiers = new Set<string>();
  const imports: { specifier: string; start: number; end: number }[] = [];
  let computed: string | null = null;
  full(node, (inner) => {
    const found = inner as AnyNode;
    if (found.type === "Identifier") identifiers.add(found.name);
    // Shorthand and destructured names are identifiers of their own; walkers report patterns by another type.
    if (found.type === "ObjectPattern" || found.type === "ArrayPattern") {
      for (const name of declaredNames(found)) identifiers.add(name);
    }
    if (found.type === "ImportExpression") {
      const { source } = found;
      if (source.type === "Literal" && typeof source.value === "string") {
        imports.push({ specifier: source.value, start: source.start, end: source.end });
      } else computed ??= code.slice(found.start, found.end);
    }
  });
  return { identifiers: [...identifiers].sort(), imports: imports.sort((a, b) => a.start - b.start), computed };
}
