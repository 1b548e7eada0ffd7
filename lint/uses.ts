/** @file Finds uses of what keys cannot see in a syntax tree: of globals, of built-in modules, of local conventions. */
import {
  causeOfBuiltIn,
  causeOfDeno,
  INTL,
  LOCAL_TIME,
  LOCALIZED,
  NODE_RANDOM,
  PROCESS,
  WEB_RANDOM,
} from "../executor/guard/apis.ts";
import type { Cause } from "../executor/guard/causes.ts";
import { hides, isReference, propertyName, same, type Tree, unwrapped } from "./names.ts";

/** Told of each use: where it stands, and how it is spelled. */
export type Found = (node: Deno.lint.Node, use: string) => void;

const GLOBALS = new Set([
  ..."Math Date performance Temporal crypto Deno process navigator Intl fetch WebSocket EventSource WebTransport".split(
    " ",
  ),
  ..."Worker localStorage sessionStorage caches prompt confirm globalThis self window global".split(" "),
]);
const ITSELF = /^(globalThis|self|window|global)$/;
const BUILT_IN =
  /^(node:|(assert|child_process|crypto|fs|http|https|net|os|process|perf_hooks|tls|vm|worker_threads)(\/|$))/;

/** A visitor that tells every use for one cause. */
export function findUses(cause: Cause, found: Found): Deno.lint.LintVisitor {
  const hidden: { readonly name: string; readonly range: readonly [number, number] }[] = [];
  const references: Tree[] = [];
  const nodeCrypto = new Set<string>();

  function tell(node: Tree, why: Cause | undefined, use: string): void {
    if (why === cause) found(node as unknown as Deno.lint.Node, use);
  }
  function imported(node: Tree): void {
    const { source, specifiers = [] } = node as unknown as { source?: Tree; specifiers?: Tree[] };
    const specifier = source?.value;
    if (typeof specifier !== "string" || !BUILT_IN.test(specifier)) return;
    if (node.importKind === "type" || node.exportKind === "type") return;
    const isWhole = node.type === "ImportExpression" || node.type === "ExportAllDeclaration";
    if (isWhole) tell(node, causeOfBuiltIn(specifier, null), specifier);
    for (const item of specifiers) {
      if (item.importKind === "type" || item.exportKind === "type") continue;
      const name = importedName(item);
      if (name === "default" && /^(node:)?crypto$/.test(specifier)) nodeCrypto.add((item.local as Tree).name as string);
      tell(item, causeOfBuiltIn(specifier, name), `${specifier} ${name ?? "*"}`);
    }
  }
  return {
    ImportDeclaration: (node) => imported(node as unknown as Tree),
    ImportExpression: (node) => imported(node as unknown as Tree),
    ExportAllDeclaration: (node) => imported(node as unknown as Tree),
    ExportNamedDeclaration: (node) => imported(node as unknown as Tree),
    Identifier(identifier) {
      const node = identifier as unknown as Tree;
      const name = node.name as string;
      const scope = GLOBALS.has(name) ? hides(node) : undefined;
      if (scope !== undefined) hidden.push({ name, range: scope.range });
      else if ((GLOBALS.has(name) || nodeCrypto.has(name)) && isReference(node)) references.push(node);
    },
    CallExpression(call) {
      const { callee, arguments: given } = call as unknown as { callee: Tree; arguments: Tree[] };
      if (callee.type !== "MemberExpression") return;
      const name = propertyName(callee.property as Tree, callee.computed) ?? "";
      const at = Object.hasOwn(LOCALIZED, name) ? LOCALIZED[name]! : undefined;
      if (LOCAL_TIME.includes(name) || at !== undefined && isMissing(given[at])) tell(callee, "locale", name);
    },
    "Program:exit"() {
      for (const node of references) {
        const name = node.name as string;
        const isHidden = (other: typeof hidden[number]) =>
          other.name === name && other.range[0] <= node.range[0] && node.range[1] <= other.range[1];
        if (hidden.some(isHidden) && !nodeCrypto.has(name)) continue;
        for (const { path, top } of pathsFrom(node, nodeCrypto)) tell(top, causeOfPath(path, top), path.join("."));
      }
    },
  };
}

/** The imported name; null for a namespace. */
function importedName(item: Tree): string | null {
  if (item.type === "ImportDefaultSpecifier") return "default";
  if (item.type === "ImportNamespaceSpecifier") return null;
  const name = (item.type === "ExportSpecifier" ? item.local : item.imported) as Tree;
  return (name.name ?? name.value) as string;
}

/** What is reached from a global: `Deno.env.get`, or both of `const { now, parse } = Date`. */
function pathsFrom(start: Tree, nodeCrypto: ReadonlySet<string>): { path: string[]; top: Tree }[] {
  const name = start.name as string;
  const path = ITSELF.test(name) ? [] : [nodeCrypto.has(name) ? "crypto" : name];
  let top = unwrapped(start);
  while (top.parent?.type === "MemberExpression" && same(top.parent.object, top)) {
    const next = propertyName(top.parent.property as Tree, top.parent.computed);
    if (next === undefined) break;
    if (path.length > 0 || !ITSELF.test(next)) path.push(next);
    top = unwrapped(top.parent);
  }
  const { parent } = top;
  const pattern = parent?.type === "VariableDeclarator" && same(parent.init, top) ? parent.id as Tree : undefined;
  if (pattern?.type !== "ObjectPattern") return [{ path, top }];
  return (pattern.properties as Tree[]).map((property) => {
    const key = property.type === "Property" ? propertyName(property.key as Tree, property.computed) : undefined;
    return { path: key === undefined ? path : [...path, key], top: key === undefined ? top : property };
  });
}

function causeOfPath([root, member, ...rest]: readonly string[], top: Tree): Cause | undefined {
  switch (root) {
    case "Math":
      return member === "random" ? "randomness" : undefined;
    case "crypto":
      return [member, ...rest].some((name) => WEB_RANDOM.includes(name!) || isNodeRandom(name))
        ? "randomness"
        : undefined;
    case "performance":
      return member === undefined || /^(now|timeOrigin|mark|measure)$/.test(member) ? "clock" : undefined;
    case "Temporal":
      return member === "Now" ? "clock" : undefined;
    case "Date":
      return member === "now" ? "clock" : member === undefined ? causeOfDate(top) : undefined;
    case "Deno":
      return member === undefined ? "environment" : causeOfDeno(member);
    case "process":
      return member === undefined ? "environment" : Object.hasOwn(PROCESS, member) ? PROCESS[member] : undefined;
    case "Intl":
      return INTL.includes(member ?? "") && lacksLocale(member!, top) ? "locale" : undefined;
    case "fetch":
    case "WebSocket":
    case "EventSource":
    case "WebTransport":
      return "network";
    case "navigator":
    case "Worker":
    case "localStorage":
    case "sessionStorage":
    case "caches":
    case "prompt":
    case "confirm":
      return "environment";
  }
  return undefined;
}

function isNodeRandom(name: string | undefined): boolean {
  return name !== undefined && name !== "webcrypto" && NODE_RANDOM.includes(name);
}

/** Without arguments a date is the time now; with several it is a local time. */
function causeOfDate(top: Tree): Cause | undefined {
  const given = argumentsOf(top);
  if (given === undefined) return undefined;
  if (top.parent!.type === "CallExpression" || given.length === 0) return "clock";
  return given.length > 1 ? "locale" : undefined;
}

function lacksLocale(name: string, top: Tree): boolean {
  const given = argumentsOf(top);
  if (given === undefined) return false;
  return isMissing(given[0]) || name === "DateTimeFormat" && !namesTimeZone(given[1]);
}

/** The arguments of the call or `new` whose callee a node is. */
function argumentsOf(callee: Tree): readonly Tree[] | undefined {
  const { parent } = callee;
  const isCall = parent?.type === "CallExpression" || parent?.type === "NewExpression";
  return isCall && same(parent.callee, callee) ? parent.arguments as Tree[] : undefined;
}

function isMissing(argument: Tree | undefined): boolean {
  return argument === undefined || argument.type === "Identifier" && argument.name === "undefined";
}

/** Options that are not spelled out are believed. */
function namesTimeZone(options: Tree | undefined): boolean {
  if (options?.type !== "ObjectExpression") return options !== undefined;
  return (options.properties as Tree[]).some((property) =>
    property.type === "SpreadElement" || propertyName(property.key as Tree, property.computed) === "timeZone"
  );
}
