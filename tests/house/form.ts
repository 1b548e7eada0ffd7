/** @file The form of a module: its header, its length, and syntax that the house does without. */
import ts from "typescript";
import type { SourceFile } from "./tree.ts";

const LONGEST = 300;

/** Where default exports belong: pipelines, those that tests and benchmarks run, and the linter's plugin. */
const HAS_DEFAULT = /^pipelines\/|^bench\/peers\/|^lint\/mod\.ts$|^tests\/(.*\/)?(fixtures|pipelines)\//;

/** What is wrong with a module's form, in words. */
export function wrongForm({ path, text }: SourceFile): string[] {
  const wrong: string[] = [];
  if (!/^\/\*\*\s+(\*\s+)?@file\s+[^\s*]/.test(text)) wrong.push('does not open with "/** @file what and why */"');
  const lines = text.replace(/\n$/, "").split("\n").length;
  if (lines > LONGEST) wrong.push(`has ${lines} lines, over ${LONGEST}: split it`);

  const module = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  if (!HAS_DEFAULT.test(path) && module.statements.some(isDefaultExport)) {
    wrong.push("has a default export: only pipelines have one");
  }
  if (path.startsWith("tests/")) return named(path, wrong);
  for (const name of module.statements.flatMap(arrowFunctions)) {
    wrong.push(`declares "${name}" as an arrow function at the top level: write "function ${name}"`);
  }
  if (usesPrivate(module)) wrong.push('has a member that is "private": write "#name"');
  return named(path, wrong);
}

function named(path: string, wrong: readonly string[]): string[] {
  return wrong.map((reason) => `"${path}" ${reason}`);
}

function isDefaultExport(statement: ts.Statement): boolean {
  if (ts.isExportAssignment(statement)) return true;
  if (ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause)) {
    return statement.exportClause.elements.some(({ name }) => name.text === "default");
  }
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) ?? [] : [];
  return modifiers.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword);
}

function arrowFunctions(statement: ts.Statement): string[] {
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations
    .filter(({ initializer }) => initializer !== undefined && ts.isArrowFunction(initializer))
    .map(({ name }) => name.getText());
}

function usesPrivate(node: ts.Node): boolean {
  // A constructor cannot be "#": "private" is the only way to hide one.
  if (ts.isConstructorDeclaration(node)) return (node.body && usesPrivate(node.body)) ?? false;
  return node.kind === ts.SyntaxKind.PrivateKeyword || (ts.forEachChild(node, usesPrivate) ?? false);
}
