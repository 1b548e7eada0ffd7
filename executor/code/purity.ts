/**
 * @file Whether a top-level declaration does nothing but declare. What is not known to be pure counts as an effect: it
 * then enters the digest of whatever reaches its module, which can cost a rerun but never a stale result.
 */
import type { AnyNode, Expression, Super } from "acorn";
import { full } from "acorn-walk";

/** The DSL's ways to declare things. */
export const DECLARING: ReadonlySet<string> = new Set(["stage", "artifact", "many", "named", "pipeline", "column"]);
/** Built-ins that make values and change nothing. */
const BUILT_IN = new Set([
  ..."Object Math Symbol Number String Array Boolean BigInt JSON Map Set WeakMap WeakSet RegExp URL".split(" "),
  ..."TextEncoder TextDecoder Uint8Array Int32Array Uint32Array Float32Array Float64Array".split(" "),
]);
/** The few static methods of built-ins that change what they are given. */
const CHANGING = new Set(["assign", "defineProperty", "defineProperties", "setPrototypeOf"]);

/** Nodes that do something by themselves. */
const ACTING = new Set([
  "AssignmentExpression",
  "UpdateExpression",
  "AwaitExpression",
  "YieldExpression",
  "ImportExpression",
  "TaggedTemplateExpression",
  "StaticBlock",
]);
/** Nodes whose insides run later, when they are called. */
const DEFERRED = new Set(["FunctionExpression", "ArrowFunctionExpression", "FunctionDeclaration"]);

/** Whether evaluating a declaration or expression only makes a value. `bindings` are the module's imported names. */
export function isPure(node: AnyNode, bindings: Readonly<Record<string, unknown>>): boolean {
  const deferred: AnyNode[] = [];
  full(node, (found) => void (DEFERRED.has(found.type) && deferred.push(found as AnyNode)));
  let pure = true;
  full(node, (found) => {
    const inner = found as AnyNode;
    const runsLater = deferred.some((f) => f.start <= inner.start && inner.end <= f.end && f !== inner);
    if (runsLater || !pure) return;
    if (ACTING.has(inner.type) || inner.type === "UnaryExpression" && inner.operator === "delete") pure = false;
    else if (inner.type === "CallExpression" || inner.type === "NewExpression") {
      pure = isDeclaring(inner.callee, bindings);
    }
  });
  return pure;
}

/** Whether a callee is known to only make a value: `stage`, `z.object(…).default`, `Object.entries`. */
function isDeclaring(callee: Expression | Super, bindings: Readonly<Record<string, unknown>>): boolean {
  let root: Expression | Super = callee;
  while (root.type === "MemberExpression" || root.type === "CallExpression" || root.type === "ChainExpression") {
    const isChange = root.type === "MemberExpression" && root.property.type === "Identifier" &&
      CHANGING.has(root.property.name);
    if (isChange) return false;
    root = root.type === "MemberExpression"
      ? root.object
      : root.type === "CallExpression"
      ? root.callee
      : root.expression;
  }
  if (root.type === "ArrayExpression" || root.type === "Literal" || root.type === "TemplateLiteral") return true;
  if (root.type !== "Identifier") return false;
  return Object.hasOwn(bindings, root.name) ? DECLARING.has(root.name) || root.name === "z" : BUILT_IN.has(root.name);
}
