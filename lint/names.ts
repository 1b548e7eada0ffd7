/** @file What an identifier in a syntax tree is: a declaration, a reference to a global, or part of something else. */

/** Any node, with the properties that some kinds have. The linter's types are one union of all kinds. */
export interface Tree {
  readonly type: string;
  readonly range: readonly [number, number];
  readonly parent?: Tree;
  readonly [property: string]: unknown;
}

const WRAPPERS = new Set([
  "TSAsExpression",
  "TSNonNullExpression",
  "TSTypeAssertion",
  "TSSatisfiesExpression",
  "ChainExpression",
  "ParenthesizedExpression",
]);
const FUNCTIONS = /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/;
const BLOCKS = /^(Program|BlockStatement|StaticBlock|CatchClause|SwitchStatement|For(In|Of)?Statement)$/;

/** Whether two nodes are the same one. The linter may hand out a node twice, as two objects. */
export function same(a: unknown, b: Tree): boolean {
  const other = a as Tree | null | undefined;
  return other !== null && other !== undefined && other.type === b.type && other.range[0] === b.range[0] &&
    other.range[1] === b.range[1];
}

/** The expression around a node that has its value: `(x as any)!`. */
export function unwrapped(node: Tree): Tree {
  return node.parent !== undefined && WRAPPERS.has(node.parent.type) ? unwrapped(node.parent) : node;
}

/** The name of a property that is spelled out: `.now`, `["now"]`, `{ now }`. */
export function propertyName(key: Tree, computed: unknown): string | undefined {
  if (computed !== true && key.type === "Identifier") return key.name as string;
  return key.type === "Literal" && typeof key.value === "string" ? key.value : undefined;
}

/** Whether an identifier stands for a value: no property's name, no type, no declaration. */
export function isReference(node: Tree): boolean {
  const parent = node.parent!;
  if (/^(Import|Export).*Specifier$/.test(parent.type)) return parent.type === "ExportSpecifier";
  if (parent.type === "MemberExpression") return parent.computed === true || same(parent.object, node);
  if (/^(Property|MethodDefinition|PropertyDefinition)$/.test(parent.type)) {
    return parent.computed === true || parent.shorthand === true || same(parent.value, node);
  }
  if (/^(LabeledStatement|BreakStatement|ContinueStatement)$/.test(parent.type)) return false;
  return !parent.type.startsWith("TS") || WRAPPERS.has(parent.type);
}

/** The part of the program in which an identifier hides what had its name before; undefined if it declares nothing. */
export function hides(node: Tree): Tree | undefined {
  let pattern = node;
  let parent = node.parent!;
  const isPart = () =>
    parent.type === "ArrayPattern" || parent.type === "ObjectPattern" || parent.type === "RestElement" ||
    parent.type === "AssignmentPattern" && same(parent.left, pattern) ||
    parent.type === "Property" && parent.parent?.type === "ObjectPattern" && same(parent.value, pattern);
  while (isPart()) [pattern, parent] = [parent, parent.parent!];
  if (/^Import.*Specifier$/.test(parent.type)) return same(parent.local, node) ? around(parent, BLOCKS) : undefined;
  if (FUNCTIONS.test(parent.type)) {
    if (!same(parent.id, pattern)) return same(parent.body, pattern) ? undefined : parent;
    return parent.type === "FunctionDeclaration" ? around(parent, BLOCKS) : parent;
  }
  const declares = parent.type === "VariableDeclarator" && same(parent.id, pattern) ||
    parent.type === "ClassDeclaration" && same(parent.id, pattern) ||
    parent.type === "CatchClause" && same(parent.param, pattern);
  return declares ? parent.type === "CatchClause" ? parent : around(parent, BLOCKS) : undefined;
}

function around(node: Tree, kind: RegExp): Tree {
  const { parent } = node;
  return parent === undefined || kind.test(parent.type) ? parent ?? node : around(parent, kind);
}
