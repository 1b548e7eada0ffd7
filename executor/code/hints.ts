/**
 * @file Hints in declarations of stages, such as `needs: "gpu"`: they say who should run a stage, never what it computes,
 * so they are cut out before the code is hashed. A result does not change because a cluster got a GPU.
 */
import type { AnyNode, Property, SpreadElement } from "acorn";
import { full } from "acorn-walk";

/** Options of `stage()` that are hints. */
const HINTS: ReadonlySet<string> = new Set(["needs"]);

/** A stretch of code, from `start` up to `end`. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * Where hints with a literal value stand in calls of the DSL's `stage()`, with the comma that goes with each.
 *
 * @param bindings the module's imported names
 * @param code the module's normalized code
 */
export function hintsIn(node: AnyNode, bindings: Readonly<Record<string, unknown>>, code: string): readonly Stretch[] {
  if (!code.includes("stage") || ![...HINTS].some((hint) => code.includes(hint))) return [];
  const found: Stretch[] = [];
  full(node, (inner) => {
    const call = inner as AnyNode;
    if (call.type !== "CallExpression" || call.callee.type !== "Identifier") return;
    const reference = bindings[call.callee.name] as { readonly name?: string | null } | undefined;
    const [options] = call.arguments;
    if (reference?.name !== "stage" || options?.type !== "ObjectExpression") return;
    for (const property of options.properties) if (isHint(property)) found.push(withComma(property, code));
  });
  return found;
}

function isHint(property: Property | SpreadElement): boolean {
  return property.type === "Property" && property.key.type === "Identifier" && !property.computed &&
    HINTS.has(property.key.name) && property.value.type === "Literal";
}

/** The comma behind it or, of the last, the one before: what is left is the text without the option. */
function withComma({ start, end }: Stretch, code: string): Stretch {
  if (code[end] === ",") return { start, end: end + 1 };
  return { start: code[start - 1] === "," ? start - 1 : start, end };
}
